# A release candidate is older than the release, and newer than what was before.
equal='bookworm trixie'
xen xen-4.20.3.gz
xen xen-4.21.0-rc2.gz
xen xen-4.21.0.gz
kernel 6.1.0
