# One hypervisor, two kernels, one of them without CONFIG_XEN_DOM0.
equal='bookworm trixie'
defaults 'GRUB_CMDLINE_XEN=dom0_mem=1024M,max:1024M com1=115200,8n1 console=com1,vga'
xen xen-4.20.3+127.gz
kernel 6.1.0-9-amd64
kernel 6.1.0-37-amd64
kernel 6.1.0-38-cloud no-dom0
