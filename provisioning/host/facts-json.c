/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts as JSON. The names here are a contract, described in xenhost-facts(8). */
#include "host/facts-parts.h"

static json_t *count_to_json(uint64_t count)
{
	return count ? json_integer((json_int_t)count) : json_null();
}

static json_t *answer_to_json(enum facts_answer answer)
{
	return answer == FACTS_UNKNOWN ? json_null() : json_boolean(answer == FACTS_YES);
}

static json_t *hex_to_json(uint32_t number, int digits)
{
	_cleanup_free_ char *text = mem_textf("%0*x", digits, number);

	return json_text(text);
}

static json_t *os_to_json(const struct facts_os *os)
{
	json_t *object = json_object();

	json_put(object, "family", json_text(os->family));
	json_put(object, "id", json_text(os->id));
	json_put(object, "version", json_text(os->version));
	json_put(object, "name", json_text(os->name));
	return object;
}

static json_t *cpu_to_json(const struct facts_cpu *cpu)
{
	json_t *object = json_object();

	json_put(object, "sockets", count_to_json(cpu->sockets));
	json_put(object, "cores", count_to_json(cpu->cores));
	json_put(object, "threads", count_to_json(cpu->threads));
	json_put(object, "numa_nodes", count_to_json(cpu->numa_nodes));
	json_put(object, "virtualisation", json_text(cpu->virtualisation));
	return object;
}

static json_t *xen_to_json(const struct facts_xen *xen)
{
	json_t *object;

	if (!xen->version)
		return json_null();
	object = json_object();
	json_put(object, "version", json_text(xen->version));
	json_put(object, "dom0", json_boolean(xen->is_dom0));
	return object;
}

static json_t *kernels_to_json(const struct facts_boot *boot)
{
	json_t *array = json_array();

	for (size_t i = 0; i < boot->kernel_count; i++) {
		const struct facts_kernel *kernel = &boot->kernel[i];
		json_t *object = json_object();

		json_put(object, "path", json_text(kernel->path));
		json_put(object, "version", json_text(kernel->version));
		json_put(object, "config", json_text(kernel->config));
		json_put(object, "dom0", answer_to_json(kernel->can_dom0));
		json_put(object, "loop", json_text(kernel->loop));
		json_append(array, object);
	}
	return array;
}

static json_t *hypervisors_to_json(const struct facts_boot *boot)
{
	json_t *array = json_array();

	for (size_t i = 0; i < boot->hypervisor_count; i++) {
		const struct facts_hypervisor *hypervisor = &boot->hypervisor[i];
		json_t *object = json_object();

		json_put(object, "path", json_text(hypervisor->path));
		json_put(object, "version", json_text(hypervisor->version));
		json_put(object, "format", json_text(hypervisor->format));
		json_append(array, object);
	}
	return array;
}

static json_t *boot_to_json(const struct facts_boot *boot)
{
	json_t *object = json_object();

	json_put(object, "loader", json_text(boot->loader));
	json_put(object, "firmware", json_text(boot->firmware));
	json_put(object, "init", json_text(boot->init));
	json_put(object, "grub_drop_ins", json_boolean(boot->has_grub_drop_ins));
	json_put(object, "kernels", kernels_to_json(boot));
	json_put(object, "hypervisors", hypervisors_to_json(boot));
	return object;
}

static json_t *stacks_to_json(const struct facts *facts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < facts->stack_count; i++) {
		json_t *object = json_object();

		json_put(object, "name", json_text(facts->stack[i].name));
		json_put(object, "enabled", json_boolean(facts->stack[i].is_enabled));
		json_append(array, object);
	}
	return array;
}

static json_t *nics_to_json(const struct facts *facts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < facts->nic_count; i++) {
		const struct facts_nic *nic = &facts->nic[i];
		json_t *object = json_object();

		json_put(object, "name", json_text(nic->name));
		json_put(object, "mac", json_text(nic->mac));
		json_put(object, "driver", json_text(nic->driver));
		json_put(object, "pci", json_text(nic->pci));
		json_put(object, "wireless", json_boolean(nic->is_wireless));
		json_append(array, object);
	}
	return array;
}

static json_t *pci_to_json(const struct facts *facts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < facts->pci_count; i++) {
		const struct facts_pci *pci = &facts->pci[i];
		json_t *object = json_object();

		json_put(object, "address", json_text(pci->address));
		json_put(object, "vendor", hex_to_json(pci->vendor, 4));
		json_put(object, "device", hex_to_json(pci->device, 4));
		json_put(object, "class", hex_to_json(pci->class, 6));
		json_put(object, "driver", json_text(pci->driver));
		json_append(array, object);
	}
	return array;
}

json_t *facts_to_json(const struct facts *facts)
{
	json_t *object = json_object();

	json_put(object, "os", os_to_json(&facts->os));
	json_put(object, "architecture", json_text(facts->architecture));
	json_put(object, "memory_bytes", count_to_json(facts->memory_bytes));
	json_put(object, "cpu", cpu_to_json(&facts->cpu));
	json_put(object, "xen", xen_to_json(&facts->xen));
	json_put(object, "iommu", answer_to_json(facts->has_iommu));
	json_put(object, "boot", boot_to_json(&facts->boot));
	json_put(object, "network_stacks", stacks_to_json(facts));
	json_put(object, "nics", nics_to_json(facts));
	json_put(object, "pci", pci_to_json(facts));
	return object;
}
