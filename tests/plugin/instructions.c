// A QEMU TCG plugin that counts guest instructions up to a text on the console.
//
// Arguments: out=FILE,token=TEXT
// FILE gets "T <instructions>" when the UART store that completes TEXT has executed, and for every console line
// before it "L <instructions> <line>".
//
// It needs no QEMU header: the few declarations of the public plugin interface that it uses stand here
// (include/qemu/qemu-plugin.h, version 4, QEMU 10). Build: cc -shared -fPIC -O2

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
typedef uint32_t mem_info;
struct block;
struct instruction;
struct hwaddr;
struct scoreboard;
struct counter { struct scoreboard *score; size_t offset; };
struct mem_value {
    int type;
    union { uint8_t u8; uint16_t u16; uint32_t u32; uint64_t u64; struct { uint64_t low, high; } u128; } data;
};
enum { INLINE_ADD_U64 = 0, NO_REGISTERS = 0, MEM_WRITE = 2 };

EXPORT int qemu_plugin_version = 4;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
size_t qemu_plugin_tb_n_insns(const struct block *);
struct instruction *qemu_plugin_tb_get_insn(const struct block *, size_t);
size_t qemu_plugin_insn_data(const struct instruction *, void *, size_t);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct instruction *, int, struct counter, uint64_t);
void qemu_plugin_register_vcpu_mem_cb(struct instruction *, void (*)(unsigned, mem_info, uint64_t, void *), int, int, void *);
struct hwaddr *qemu_plugin_get_hwaddr(mem_info, uint64_t);
bool qemu_plugin_hwaddr_is_io(const struct hwaddr *);
const char *qemu_plugin_hwaddr_device_name(const struct hwaddr *);
struct mem_value qemu_plugin_mem_get_value(mem_info);
struct scoreboard *qemu_plugin_scoreboard_new(size_t);
uint64_t qemu_plugin_u64_sum(struct counter);

// The PL011's data register, by the name of QEMU's memory region and the offset in its page (DDI 0183, 3.3.1).
static const char DEVICE[] = "pl011";
enum { DATA_REGISTER = 0x000, PAGE_OFFSET = 0xfff };

static struct counter executed;
static FILE *out;
static const char *token;
static size_t matched;
static char line[1024];
static size_t line_length;

// The next state of a plain search: how much of the token ends with `c`.
static size_t advance(size_t state, char c)
{
    for (;;) {
        if (token[state] == c)
            return state + 1;
        if (state == 0)
            return 0;
        size_t shorter = state - 1;
        while (shorter > 0 && memcmp(token, token + state - shorter, shorter) != 0)
            shorter--;
        state = shorter;
    }
}

static void printed(char c)
{
    uint64_t now = qemu_plugin_u64_sum(executed);
    if (c == '\n') {
        fprintf(out, "L %" PRIu64 " %.*s\n", now, (int)line_length, line);
        line_length = 0;
    } else if (c != '\r' && line_length < sizeof line) {
        line[line_length++] = c;
    }
    matched = advance(matched, c);
    if (token[matched] == '\0') {
        fprintf(out, "T %" PRIu64 "\n", now);
        fclose(out);
        out = NULL;
    }
}

static void stored(unsigned cpu, mem_info info, uint64_t address, void *unused)
{
    if (out == NULL || (address & PAGE_OFFSET) != DATA_REGISTER)
        return;
    struct hwaddr *where = qemu_plugin_get_hwaddr(info, address);
    if (where == NULL || !qemu_plugin_hwaddr_is_io(where))
        return;
    const char *device = qemu_plugin_hwaddr_device_name(where);
    if (device != NULL && strcmp(device, DEVICE) == 0)
        printed((char)qemu_plugin_mem_get_value(info).data.u8);
}

static void translated(plugin_id id, struct block *block)
{
    size_t count = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < count; i++) {
        struct instruction *instruction = qemu_plugin_tb_get_insn(block, i);
        uint32_t word = 0;
        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(instruction, INLINE_ADD_U64, executed, 1);
        qemu_plugin_insn_data(instruction, &word, sizeof word);
        // Loads and stores: op0 is x1x0 in bits 28..25 (DDI 0487, C4.1).
        if (((word >> 25) & 5) == 4)
            qemu_plugin_register_vcpu_mem_cb(instruction, stored, NO_REGISTERS, MEM_WRITE, NULL);
    }
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0)
            out = fopen(argv[i] + 4, "w");
        else if (strncmp(argv[i], "token=", 6) == 0)
            token = strdup(argv[i] + 6);
    }
    if (out == NULL || token == NULL || *token == '\0')
        return -1;
    executed = (struct counter){ qemu_plugin_scoreboard_new(sizeof(uint64_t)), 0 };
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
