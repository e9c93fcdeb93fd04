import faulthandler

faulthandler._read_null()
