# Xen 4.14 cannot unpack zstd, which came with 4.15; nobody can unpack what nobody knows.
xen xen-4.14-amd64.gz
xen xen-4.20.gz
kernel 6.1.0 xz
kernel 6.12.0 zstd
kernel 6.13.0 odd
