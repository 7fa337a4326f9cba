/* Every kernel of a machine against compare_plain, and the table of costs under sanitizers,
 * without Python: so that another machine's kernels can be tried under an emulator.
 * scripts/check-kernels.sh compiles and runs it. Prints "alike: <kernel> ..." or what differs. */
#include <stdio.h>
#include <stdlib.h>

#include "_kernels.h"
#include "_score.h"

static uint64_t state;

/* xorshift64*, Vigna 2016: the same numbers on every machine. */
static uint64_t any(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717ull;
}

static int below(int n) { return (int)(any() % (uint64_t)n); }

static uint64_t sparse(int times)
{
    uint64_t bits = any();
    while (times--)
        bits &= any();
    return bits;
}

static void any_pattern(Pattern *p)
{
    memset(p, 0, sizeof *p);
    p->places = below(16);
    p->edits = below(MOST_EDITS + 1);
    const uint64_t inside = (1ull << p->places) - 1, states = inside << 1 | 1;
    const int density = below(3);
    for (int k = 0; k < CLASSES; k++) {
        p->fits[k] = sparse(density) & inside;
        p->narrow[k] = (uint16_t)p->fits[k];
    }
    p->runs = below(3) ? 0 : sparse(2) & states;
    const int half = below(p->places + 1), limit = below(MOST_EDITS + 1);
    for (int e = 0; e <= MOST_EDITS; e++)
        p->allow[e] = (e <= limit ? ~0ull : ~0ull << half) & states;
}

/* A marking that the pattern lets pass here and there, or any. */
static uint8_t any_code(const Pattern *p, int column)
{
    if (p->places && below(4))
        for (int tries = 0; tries < 40; tries++) {
            const uint8_t code = (uint8_t)any();
            if (p->fits[code & (CLASSES - 1)] >> (column % p->places) & 1)
                return code;
        }
    return (uint8_t)any();
}

static int check_kernels(long rounds)
{
    long found = 0;
    for (long round = 0; round < rounds; round++) {
        Pattern p;
        any_pattern(&p);
        const int length = 1 + below(below(4) ? 18 : PLACES);
        /* On the heap and exactly as large, so that a byte read beyond it is seen. */
        uint8_t *block = malloc((size_t)LANES * (size_t)length);
        if (!block)
            return 2;
        const int from = below(length + 1) % (PREFIX + 1);
        States start;
        memset(start, 0, sizeof start);
        begin(&p, start);
        for (int column = 0; column < length; column++) {
            const uint8_t common = any_code(&p, column);
            for (int lane = 0; lane < LANES; lane++)
                block[column * LANES + lane] = column < from ? common : any_code(&p, column);
            if (column < from)
                step(&p, start, common);
        }
        const uint32_t wanted = compare_plain(&p, block, length, from, start);
        found += __builtin_popcount(wanted);
        for (int k = 0; k < kernel_count; k++) {
            const uint32_t told = kernels[k].compare(&p, block, length, from, start);
            if (told != wanted) {
                printf("%s differs in round %ld: %08x, not %08x (places %d, edits %d, length %d,"
                       " from %d)\n", kernels[k].name, round, (unsigned)told, (unsigned)wanted,
                       p.places, p.edits, length, from);
                free(block);
                return 1;
            }
        }
        free(block);
    }
    printf("%ld rounds, %ld markings of %ld passed\n", rounds, found, rounds * LANES);
    return found ? 0 : 2;
}

static int32_t *any_table(int n)
{
    int32_t *table = malloc(sizeof *table * (size_t)(n ? n : 1));
    for (int i = 0; table && i < n; i++)
        table[i] = below(2000);
    return table;
}

static int check_costs(long rounds)
{
    uint64_t sum = 0;
    for (long round = 0; round < rounds; round++) {
        const int m = below(PLACES + 1), n = below(PLACES + 1);
        int32_t *tables[5] = {any_table(m * CODES), any_table(CODES), any_table(m),
                              any_table(PLACES + 1), any_table(PLACES + 1)};
        uint8_t *marking = malloc((size_t)(n ? n : 1));
        const Costs c = {m, below(2) ? 0 : sparse(1), tables[0], tables[1], tables[2], tables[3],
                         tables[4], below(2000), below(2000), below(2000)};
        for (int j = 0; j < n; j++)
            marking[j] = below(8) ? (uint8_t)any() : RUN_CODE;
        const int32_t cost = cost_of(&c, marking, n);
        sum = sum * 31 + (uint64_t)cost;
        for (int t = 0; t < 5; t++)
            free(tables[t]);
        free(marking);
        if (cost < 0 || cost > FAR)
            return 1;
    }
    /* The same number on every machine. */
    printf("costs: %016llx\n", (unsigned long long)sum);
    return 0;
}

int main(int argc, char **argv)
{
    const long rounds = argc > 1 ? atol(argv[1]) : 20000;
    state = 88172645463325252ull;
    find_kernels();
    int failed = check_kernels(rounds);
    if (!failed)
        failed = check_costs(rounds / 40 + 1);
    printf("%s:", failed ? "NOT ALIKE" : "alike");
    for (int k = kernel_count; k--;)
        printf(" %s", kernels[k].name);
    printf("\n");
    return failed;
}
