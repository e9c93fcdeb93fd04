import argparse as _argparse, sys as _sys

_argparse.ArgumentParser(
    description=(__doc__ or "").replace("%(prog)", "% (prog)"), formatter_class=_argparse.RawDescriptionHelpFormatter
).parse_args()
