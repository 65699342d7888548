/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The variables of GRUB's scripts, in layers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boot/grub-run.h"

void grub_spend(struct grub_machine *machine, size_t work)
{
	machine->work += work;
	if (machine->work > machine->work_max && machine->rc == 0)
		machine->rc = err_say(machine->err, ELOOP, "it does not come to an end");
}

static struct grub_var *find_here(struct grub_machine *machine,
				  const struct grub_context *context, const char *name)
{
	for (size_t i = 0; i < context->count; i++) {
		if (strcmp(context->var[i].name, name) == 0) {
			grub_spend(machine, i);
			return &context->var[i];
		}
	}
	grub_spend(machine, context->count);
	return NULL;
}

static const struct grub_var *find(struct grub_machine *machine, const char *name)
{
	bool must_be_exported = false;

	for (const struct grub_context *context = machine->context; context;
	     context = context->below) {
		const struct grub_var *var = find_here(machine, context, name);

		if (var)
			return var->value && (var->is_exported || !must_be_exported)
				       ? var
				       : NULL;
		must_be_exported = must_be_exported || context->is_submenu;
	}
	return NULL;
}

const char *grub_get(struct grub_machine *machine, const char *name)
{
	const struct grub_var *var = find(machine, name);

	return var ? var->value : NULL;
}

/* The variable in the top layer, with what it is below. */
static struct grub_var *take(struct grub_machine *machine, const char *name)
{
	struct grub_context *context = machine->context;
	struct grub_var *here = find_here(machine, context, name);
	const struct grub_var *var = here ? here : find(machine, name);
	struct grub_var copy = {0};

	if (here)
		return here;
	copy.name = mem_text(name);
	copy.value = var ? mem_text(var->value) : NULL;
	copy.is_exported = var && var->is_exported;
	grub_spend(machine, strlen(name));
	context->var = mem_grow(context->var, context->count, sizeof(*context->var));
	context->var[context->count] = copy;
	return &context->var[context->count++];
}

void grub_set(struct grub_machine *machine, const char *name, const char *value)
{
	struct grub_var *var = take(machine, name);
	char *copy = value ? mem_text(value) : NULL;

	grub_spend(machine, value ? strlen(value) : 0);
	free(var->value);
	var->value = copy;
	if (!value)
		var->is_exported = false;
}

void grub_export(struct grub_machine *machine, const char *name)
{
	struct grub_var *var = take(machine, name);

	if (!var->value)
		var->value = mem_text("");
	var->is_exported = true;
}

void grub_context_push(struct grub_machine *machine, bool is_submenu,
		       struct grub_context *context)
{
	*context = (struct grub_context){
		.below = machine->context,
		.is_submenu = is_submenu,
	};
	machine->context = context;
}

void grub_context_pop(struct grub_machine *machine)
{
	struct grub_context *context = machine->context;

	machine->context = context->below;
	for (size_t i = 0; i < context->count; i++) {
		free(context->var[i].name);
		free(context->var[i].value);
	}
	free(context->var);
}
