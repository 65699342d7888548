# Two branches, as Debian names them; three kernels, whose numbers are not in the order of text.
equal='bookworm trixie'
xen xen-4.17-amd64.gz
xen xen-4.20-amd64.gz
kernel 6.1.0-9-amd64
kernel 6.1.0-10-amd64
kernel 6.12.9-amd64
