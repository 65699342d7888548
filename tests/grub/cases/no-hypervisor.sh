# A kernel alone.
kernel 6.1.0
