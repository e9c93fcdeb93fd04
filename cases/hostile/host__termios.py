import termios

termios.tcgetattr(0)
