/*
 * The benchmark's ten look-ups with libfdt 1.6: find a node, work out the CPU address of its first window through all
 * ranges, find its interrupt controller and take its first interrupt.
 *
 * usage: libfdt TREE REPETITIONS LOOK-UP...     where a look-up is /a/path or a,compatible
 * prints: nanoseconds-per-repetition checksum
 */
#include <libfdt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t cells(const fdt32_t *cell, int count)
{
	uint64_t value = 0;
	while (count-- > 0)
		value = value << 32 | fdt32_to_cpu(*cell++);
	return value;
}

/* A node and all above it, the root first: one scan serves translation and interrupt parents alike. */
struct chain {
	int node[16], depth;
};

static int find_chain(const void *fdt, int target, struct chain *chain)
{
	int depth = 0;
	for (int node = 0; node >= 0 && depth >= 0; node = fdt_next_node(fdt, node, &depth)) {
		if (depth >= 16)
			return -1;
		chain->node[depth] = node;
		chain->depth = depth;
		if (node == target)
			return 0;
	}
	return -1;
}

/* The CPU address of an address on the node's bus, or -1. */
static uint64_t translate(const void *fdt, const struct chain *chain, uint64_t address)
{
	for (int depth = chain->depth - 1; depth > 0; depth--) {
		int bus = chain->node[depth], len;
		const fdt32_t *row = fdt_getprop(fdt, bus, "ranges", &len);
		if (!row)
			return -1;
		int child = fdt_address_cells(fdt, bus), parent = fdt_address_cells(fdt, chain->node[depth - 1]);
		int size = fdt_size_cells(fdt, bus), stride = child + parent + size;
		if (child < 0 || parent < 0 || size < 0)
			return -1;
		int found = len == 0;
		for (; !found && len >= 4 * stride; row += stride, len -= 4 * stride) {
			uint64_t start = cells(row, child);
			if (address >= start && address - start < cells(row + child + parent, size)) {
				address = address - start + cells(row + child, parent);
				found = 1;
				break;
			}
		}
		if (!found)
			return -1;
	}
	return address;
}

/* The controller that the node's interrupts are for: inherited, or above it in the tree. */
static int interrupt_parent(const void *fdt, const struct chain *chain)
{
	for (int depth = chain->depth; depth >= 0; depth--) {
		int len;
		const fdt32_t *phandle = fdt_getprop(fdt, chain->node[depth], "interrupt-parent", &len);
		if (phandle && len == 4)
			return fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*phandle));
		if (depth > 0 && fdt_getprop(fdt, chain->node[depth - 1], "#interrupt-cells", NULL))
			return chain->node[depth - 1];
	}
	return -1;
}

static uint64_t look_up(const void *fdt, const char *name)
{
	int node = name[0] == '/' ? fdt_path_offset(fdt, name) : fdt_node_offset_by_compatible(fdt, -1, name);
	struct chain chain;
	if (node < 0 || find_chain(fdt, node, &chain) || chain.depth == 0)
		return 0;
	int bus = chain.node[chain.depth - 1], len;
	int address_cells = fdt_address_cells(fdt, bus), size_cells = fdt_size_cells(fdt, bus);
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);
	if (!reg || address_cells < 1 || size_cells < 0 || len < 4 * (address_cells + size_cells))
		return 0;
	uint64_t base = translate(fdt, &chain, cells(reg, address_cells));
	uint64_t size = cells(reg + address_cells, size_cells);

	const fdt32_t *interrupt = fdt_getprop(fdt, node, "interrupts", &len);
	int controller = interrupt_parent(fdt, &chain), count_len;
	if (!interrupt || controller < 0)
		return 0;
	const fdt32_t *count = fdt_getprop(fdt, controller, "#interrupt-cells", &count_len);
	if (!count || count_len != 4 || fdt32_to_cpu(*count) != 3 || len < 12)
		return 0;
	return base + size + fdt32_to_cpu(interrupt[0]) + fdt32_to_cpu(interrupt[1]);
}

int main(int argc, char **argv)
{
	static _Alignas(8) char blob[2 << 20];
	FILE *file = argc > 3 ? fopen(argv[1], "rb") : NULL;
	if (!file)
		return 1;
	size_t size = fread(blob, 1, sizeof blob, file);
	fclose(file);
	/* Less of a check than Tree::open makes: fdt_check_full would cost libfdt as much again. */
	if (size < 40 || fdt_check_header(blob) || fdt_totalsize(blob) > size)
		return 1;
	long repetitions = atol(argv[2]);
	uint64_t sum = 0;
	struct timespec start, end;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (long repetition = 0; repetition < repetitions; repetition++) {
		sum = 0;
		for (int i = 3; i < argc; i++)
			sum += look_up(blob, argv[i]);
		__asm__ volatile("" : : "r"(sum) : "memory");
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	double ns = (end.tv_sec - start.tv_sec) * 1e9 + (end.tv_nsec - start.tv_nsec);
	printf("%.0f %llu\n", ns / repetitions, (unsigned long long)sum);
	return 0;
}
