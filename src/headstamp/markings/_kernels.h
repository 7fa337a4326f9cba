/* The automaton that runs over a marking, and the kernels that run it over 32 markings at once.
 *
 * Part of _core.c, and free of Python so that `tests/markings/kernels.c` can compile it for
 * another machine. All kernels give the same answer as compare_plain.
 */
#ifndef HEADSTAMP_KERNELS_H
#define HEADSTAMP_KERNELS_H
#include <stdint.h>
#include <string.h>

#if (defined(__x86_64__) || defined(_M_X64)) && defined(__GNUC__)
#define WITH_X86 1
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__GNUC__)
#define WITH_NEON 1
#include <arm_neon.h>
#endif

enum {
    LANES = 32,      /* markings in a block */
    FAN = 32,        /* blocks in a group, groups in a group of groups */
    HEAD = 16,       /* bytes of a head: how many characters are common, then these */
    PREFIX = 15,     /* most characters a head holds */
    PLACES = 60,     /* most characters of a marking or a reading that are compared */
    CLASSES = 64,
    CODES = 256,
    MOST_EDITS = 3,
    BUCKET = 8,      /* numbers that describe one length */
    RUN_CODE = 63,   /* a stored run of any characters */
    FAR = 1 << 28,
};

/* ---- the reading that is looked for -------------------------------------- */

typedef struct {
    int places;                    /* characters of the reading, runs not counted */
    int edits;                     /* K: most unit edits */
    uint64_t fits[CLASSES];        /* bit i: a character of this class passes at place i */
    uint64_t runs;                 /* bit i: any characters may stand before place i */
    uint64_t allow[MOST_EDITS + 1];/* states in which e errors may have been made */
    uint16_t narrow[CLASSES];      /* fits, for readings of at most 15 places */
} Pattern;

typedef uint64_t States[MOST_EDITS + 1];

static inline uint64_t any_state(const uint64_t *r, int edits)
{
    uint64_t all = r[0];
    for (int e = 1; e <= edits; e++)
        all |= r[e];
    return all;
}

static inline void begin(const Pattern *p, uint64_t *r)
{
    for (int e = 0; e <= p->edits; e++)
        r[e] = ((2ull << e) - 1) & p->allow[e];
}

/* One more character of the marking. */
static inline void step(const Pattern *p, uint64_t *r, uint8_t code)
{
    const uint64_t fits = p->fits[code & (CLASSES - 1)];
    uint64_t before = r[0], now;
    r[0] = (((before & fits) << 1) | (before & p->runs)) & p->allow[0];
    now = r[0];
    for (int e = 1; e <= p->edits; e++) {
        const uint64_t old = r[e];
        r[e] = (((old & fits) << 1) | (old & p->runs) | before | (before << 1) | (now << 1))
               & p->allow[e];
        before = old;
        now = r[e];
    }
}

static inline int accepts(const Pattern *p, const uint64_t *r)
{
    return (int)(any_state(r, p->edits) >> p->places & 1);
}

/* ---- comparing the 32 markings of a block --------------------------------- */

/* Which lanes of a block are within the edits: `block` has `length` columns of 32
 * codes; `from` of them are common to all lanes and `start` is the state after them. */
typedef uint32_t Compare(const Pattern *, const uint8_t *block, int length, int from,
                         const uint64_t *start);

static uint32_t compare_plain(const Pattern *p, const uint8_t *block, int length, int from,
                              const uint64_t *start)
{
    uint32_t found = 0;
    for (int lane = 0; lane < LANES; lane++) {
        States r;
        memcpy(r, start, sizeof r);
        for (int column = from; column < length; column++) {
            step(p, r, block[column * LANES + lane]);
            if (!any_state(r, p->edits))
                break;
        }
        found |= (uint32_t)accepts(p, r) << lane;
    }
    return found;
}

/* The same on 16-bit lanes; a kernel says what a vector is, how many make up the
 * 32 lanes, and how a column of codes becomes masks. */
#define LOOP_OVER(N) for (int v = 0; v < (N); v++)
#define COMPARE_BODY(TYPE, N, LOOKUP, IS_ZERO, EDITS)                                      \
    do {                                                                                   \
        TYPE r[EDITS + 1][N];                                                              \
        const TYPE zero = {0};                                                             \
        const uint16_t runs16 = (uint16_t)p->runs;                                         \
        for (int e = 0; e <= EDITS; e++)                                                   \
            LOOP_OVER(N) r[e][v] = zero + (uint16_t)start[e];                              \
        for (int column = from; column < length; column++) {                               \
            TYPE fits[N], before[N], now[N];                                               \
            LOOKUP(fits, block + column * LANES);                                          \
            LOOP_OVER(N) {                                                                 \
                before[v] = r[0][v];                                                       \
                now[v] = (((before[v] & fits[v]) << 1) | (before[v] & runs16))             \
                         & (uint16_t)p->allow[0];                                          \
                r[0][v] = now[v];                                                          \
            }                                                                              \
            for (int e = 1; e <= EDITS; e++)                                               \
                LOOP_OVER(N) {                                                             \
                    const TYPE old = r[e][v];                                              \
                    now[v] = (((old & fits[v]) << 1) | (old & runs16) | before[v]          \
                              | ((before[v] | now[v]) << 1)) & (uint16_t)p->allow[e];      \
                    r[e][v] = now[v];                                                      \
                    before[v] = old;                                                       \
                }                                                                          \
            if (column & 1) {                                                              \
                TYPE all = zero;                                                           \
                for (int e = 0; e <= EDITS; e++)                                           \
                    LOOP_OVER(N) all |= r[e][v];                                           \
                if (IS_ZERO(all))                                                          \
                    return 0;                                                              \
            }                                                                              \
        }                                                                                  \
        TYPE ends[N];                                                                      \
        LOOP_OVER(N) {                                                                     \
            ends[v] = r[0][v];                                                             \
            for (int e = 1; e <= EDITS; e++)                                               \
                ends[v] |= r[e][v];                                                        \
            ends[v] = (ends[v] >> p->places) & 1;                                          \
        }                                                                                  \
        return GATHER(ends);                                                               \
    } while (0)

#define BY_EDITS(NAME, TARGET, TYPE, N, LOOKUP, IS_ZERO)                                   \
    TARGET static uint32_t NAME(const Pattern *p, const uint8_t *block, int length,        \
                                int from, const uint64_t *start)                           \
    {                                                                                      \
        PREPARE                                                                            \
        switch (p->edits) {                                                                \
        case 0: COMPARE_BODY(TYPE, N, LOOKUP, IS_ZERO, 0);                                 \
        case 1: COMPARE_BODY(TYPE, N, LOOKUP, IS_ZERO, 1);                                 \
        case 2: COMPARE_BODY(TYPE, N, LOOKUP, IS_ZERO, 2);                                 \
        default: COMPARE_BODY(TYPE, N, LOOKUP, IS_ZERO, 3);                                \
        }                                                                                  \
    }

#ifdef WITH_X86
typedef uint16_t Lanes512 __attribute__((vector_size(64)));
typedef uint16_t Lanes256 __attribute__((vector_size(32)));
#define WITH_512 __attribute__((target("avx512f,avx512bw")))
#define WITH_256 __attribute__((target("avx2")))

#define PREPARE                                                                            \
    const __m512i low = _mm512_loadu_si512(p->narrow);                                     \
    const __m512i high = _mm512_loadu_si512(p->narrow + 32);
#define LOOKUP(fits, column)                                                               \
    (fits)[0] = (Lanes512)_mm512_permutex2var_epi16(                                       \
        low, _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(column))), high)
#define IS_ZERO(all) (_mm512_test_epi16_mask((__m512i)(all), (__m512i)(all)) == 0)
#define GATHER(ends) _mm512_test_epi16_mask((__m512i)(ends)[0], (__m512i)(ends)[0])
BY_EDITS(compare_avx512, WITH_512, Lanes512, 1, LOOKUP, IS_ZERO)
#undef PREPARE
#undef LOOKUP
#undef IS_ZERO
#undef GATHER

/* Four tables of 16 bytes for the low, four for the high half of a mask; unpacking
 * puts lanes out of order, packing at the end puts them back. */
WITH_256 static inline __m256i byte_lookup(const __m256i *tables, __m256i codes)
{
    const __m256i nibble = _mm256_and_si256(codes, _mm256_set1_epi8(15));
    const __m256i which = _mm256_and_si256(codes, _mm256_set1_epi8(48));
    __m256i found = _mm256_setzero_si256();
    for (int t = 0; t < 4; t++) {
        const __m256i here = _mm256_cmpeq_epi8(which, _mm256_set1_epi8((char)(t * 16)));
        found = _mm256_or_si256(
            found, _mm256_and_si256(here, _mm256_shuffle_epi8(tables[t], nibble)));
    }
    return found;
}

#define PREPARE                                                                            \
    __m256i low[4], high[4];                                                               \
    for (int t = 0; t < 4; t++) {                                                          \
        uint8_t lo[16], hi[16];                                                            \
        for (int k = 0; k < 16; k++) {                                                     \
            lo[k] = (uint8_t)p->narrow[t * 16 + k];                                        \
            hi[k] = (uint8_t)(p->narrow[t * 16 + k] >> 8);                                 \
        }                                                                                  \
        low[t] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)lo));        \
        high[t] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)hi));       \
    }
#define LOOKUP(fits, column)                                                               \
    do {                                                                                   \
        const __m256i codes = _mm256_loadu_si256((const __m256i *)(column));               \
        const __m256i lo = byte_lookup(low, codes), hi = byte_lookup(high, codes);         \
        (fits)[0] = (Lanes256)_mm256_unpacklo_epi8(lo, hi);                                \
        (fits)[1] = (Lanes256)_mm256_unpackhi_epi8(lo, hi);                                \
    } while (0)
#define IS_ZERO(all) _mm256_testz_si256((__m256i)(all), (__m256i)(all))
#define GATHER(ends)                                                                       \
    (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(                                      \
        _mm256_packus_epi16((__m256i)(ends)[0], (__m256i)(ends)[1]),                       \
        _mm256_setzero_si256()))
BY_EDITS(compare_avx2, WITH_256, Lanes256, 2, LOOKUP, IS_ZERO)
#undef PREPARE
#undef LOOKUP
#undef IS_ZERO
#undef GATHER
#endif

#ifdef WITH_NEON
typedef uint16_t Lanes128 __attribute__((vector_size(16)));
#define PREPARE                                                                            \
    uint8x16x4_t low, high;                                                                \
    for (int t = 0; t < 4; t++) {                                                          \
        uint8_t lo[16], hi[16];                                                            \
        for (int k = 0; k < 16; k++) {                                                     \
            lo[k] = (uint8_t)p->narrow[t * 16 + k];                                        \
            hi[k] = (uint8_t)(p->narrow[t * 16 + k] >> 8);                                 \
        }                                                                                  \
        low.val[t] = vld1q_u8(lo);                                                         \
        high.val[t] = vld1q_u8(hi);                                                        \
    }
#define LOOKUP(fits, column)                                                               \
    for (int half = 0; half < 2; half++) {                                                 \
        const uint8x16_t codes = vandq_u8(vld1q_u8((column) + 16 * half), vdupq_n_u8(63)); \
        const uint8x16_t lo = vqtbl4q_u8(low, codes), hi = vqtbl4q_u8(high, codes);        \
        (fits)[2 * half] = (Lanes128)vzip1q_u8(lo, hi);                                    \
        (fits)[2 * half + 1] = (Lanes128)vzip2q_u8(lo, hi);                                \
    }
#define IS_ZERO(all) (vmaxvq_u16((uint16x8_t)(all)) == 0)
static inline uint32_t gather_neon(const Lanes128 *ends)
{
    uint32_t found = 0;
    for (int v = 0; v < 4; v++)
        for (int k = 0; k < 8; k++)
            found |= (uint32_t)ends[v][k] << (v * 8 + k);
    return found;
}
#define GATHER(ends) gather_neon(ends)
BY_EDITS(compare_neon, , Lanes128, 4, LOOKUP, IS_ZERO)
#undef PREPARE
#undef LOOKUP
#undef IS_ZERO
#undef GATHER
#endif

typedef struct {
    const char *name;
    Compare *compare;
} Kernel;

static Kernel kernels[4];
static int kernel_count = 0;

static void find_kernels(void)
{
    kernel_count = 0;
#ifdef WITH_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
        kernels[kernel_count++] = (Kernel){"avx512", compare_avx512};
    if (__builtin_cpu_supports("avx2"))
        kernels[kernel_count++] = (Kernel){"avx2", compare_avx2};
#endif
#ifdef WITH_NEON
    kernels[kernel_count++] = (Kernel){"neon", compare_neon};
#endif
    kernels[kernel_count++] = (Kernel){"plain", compare_plain};
}

#endif
