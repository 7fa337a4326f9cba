/* The search core of the markings index: which stored markings lie within a few
 * edits of a reading, and what each costs under the noisy channel.
 *
 * Two functions and one type, over arrays that Python lays out
 * (headstamp/markings/segment.py says how). `fallback.py` does the same in numpy and
 * must give the same answer to the last integer; tests hold them together.
 *
 * How a search goes: the markings of one length stand sorted, 32 to a block,
 * column by column. Blocks, and groups of 32 and of 1,024 blocks, know the
 * characters all their markings begin with. An automaton with up to K errors
 * (Wu and Manber 1992) runs over that beginning once; where it dies, the whole
 * group is passed over. What is left is compared 32 markings at a time.
 * K errors cannot lie both in the first and in the second half of a reading in
 * full number, so the search goes once from the front with few errors allowed
 * in the first half, and once from the back (markings reversed) with few in the
 * second: a "search scheme" (Kucherov, Salikhov, Tsur 2016).
 *
 * `_kernels.h` holds the automaton and the kernels, `_score.h` what a marking costs; both are
 * free of Python. docs/markings-core.md tells how all this is built and tested.
 *
 * Memory safety does not rest on the arrays being right: an index file may be
 * damaged. Every offset is checked when a Segment is made or where it is used.
 */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "_kernels.h"
#include "_score.h"

/* The digest of these sources: scripts/compile_core.py gives it and asks for it. */
#ifndef HEADSTAMP_SOURCE
#define HEADSTAMP_SOURCE "unknown"
#endif

/* ---- a segment ------------------------------------------------------------ */

enum { F_BLOCKS, F_HEADS, R_BLOCKS, R_HEADS, R_SLOT, WEIGHT, BUCKETS, ARRAYS };

typedef struct {
    int length;            /* characters of each marking here */
    uint32_t first, count; /* slots */
    size_t blocks;         /* where its blocks begin, in both directions */
    size_t heads[3];       /* where the heads of blocks, groups, groups of groups begin */
    uint32_t block_count;
} Bucket;

typedef struct {
    PyObject_HEAD
    Py_buffer views[ARRAYS];
    int held;
    uint32_t slots;
    int bucket_count;
    Bucket *buckets;
} Segment;

static uint32_t groups_of(uint32_t n) { return (n + FAN - 1) / FAN; }

static void segment_free(Segment *self)
{
    for (int i = 0; i < self->held; i++)
        PyBuffer_Release(&self->views[i]);
    self->held = 0;
    free(self->buckets);
    self->buckets = NULL;
}

static void segment_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    segment_free((Segment *)object);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static int wrong(const char *what)
{
    PyErr_Format(PyExc_ValueError, "the arrays of a markings index do not fit: %s", what);
    return -1;
}

static int segment_check(Segment *self)
{
    const Py_buffer *v = self->views;
    if (v[BUCKETS].len % (BUCKET * 8) || v[WEIGHT].len % 4 || v[R_SLOT].len != v[WEIGHT].len)
        return wrong("sizes");
    if ((uintptr_t)v[BUCKETS].buf % 8 || (uintptr_t)v[WEIGHT].buf % 4
        || (uintptr_t)v[R_SLOT].buf % 4)
        return wrong("alignment");
    if (v[WEIGHT].len / 4 > UINT32_MAX - LANES)
        return wrong("too many markings for one segment");
    if (v[F_BLOCKS].len != v[R_BLOCKS].len || v[F_HEADS].len != v[R_HEADS].len)
        return wrong("the two directions differ in size");
    self->slots = (uint32_t)(v[WEIGHT].len / 4);
    if (v[BUCKETS].len > PLACES * BUCKET * 8)
        return wrong("too many lengths");
    self->bucket_count = (int)(v[BUCKETS].len / (BUCKET * 8));
    self->buckets = calloc((size_t)self->bucket_count + 1, sizeof(Bucket));
    if (!self->buckets) {
        PyErr_NoMemory();
        return -1;
    }
    const int64_t *row = v[BUCKETS].buf;
    uint32_t slot = 0;
    for (int b = 0; b < self->bucket_count; b++, row += BUCKET) {
        Bucket *to = &self->buckets[b];
        const int64_t most = self->slots;
        if (row[0] < 1 || row[0] > PLACES || row[1] != (int64_t)slot || row[2] < 1
            || row[2] > most - row[1])
            return wrong("lengths and counts");
        to->length = (int)row[0];
        to->first = slot;
        to->count = (uint32_t)row[2];
        to->block_count = (to->count + LANES - 1) / LANES;
        slot += to->count;
        const int64_t need = (int64_t)to->block_count * LANES * to->length;
        if (row[3] < 0 || row[3] > (int64_t)v[F_BLOCKS].len - need)
            return wrong("blocks");
        to->blocks = (size_t)row[3];
        uint32_t many = to->block_count;
        for (int level = 0; level < 3; level++) {
            if (row[4 + level] < 0 || row[4 + level] > (int64_t)v[F_HEADS].len - (int64_t)many * HEAD)
                return wrong("heads");
            to->heads[level] = (size_t)row[4 + level];
            many = groups_of(many);
        }
    }
    if (slot != self->slots)
        return wrong("the lengths do not add up to all markings");
    return 0;
}

static PyObject *segment_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *arrays[ARRAYS];
    static char *names[] = {"blocks", "heads", "reversed_blocks", "reversed_heads",
                            "reversed_slots", "weight", "buckets", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOOOO", names, &arrays[0], &arrays[1],
                                     &arrays[2], &arrays[3], &arrays[4], &arrays[5], &arrays[6]))
        return NULL;
    Segment *self = (Segment *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (!self)
        return NULL;
    for (int i = 0; i < ARRAYS; i++) {
        if (PyObject_GetBuffer(arrays[i], &self->views[i], PyBUF_C_CONTIGUOUS) < 0)
            goto fail;
        self->held++;
    }
    if (segment_check(self) < 0)
        goto fail;
    return (PyObject *)self;
fail:
    Py_DECREF((PyObject *)self);
    return NULL;
}

/* ---- gathering candidates ------------------------------------------------- */

typedef struct {
    uint32_t *slots;
    size_t count, room, keep; /* keep: how many are stored at most; counting goes on */
    size_t stored;
    int failed;
} Found;

static void found_add(Found *found, uint32_t slot)
{
    found->count++;
    if (found->stored >= found->keep)
        return;
    if (found->stored == found->room) {
        const size_t room = found->room ? found->room * 2 : 1024;
        uint32_t *more = realloc(found->slots, room * sizeof *more);
        if (!more) {
            found->failed = 1;
            return;
        }
        found->slots = more;
        found->room = room;
    }
    found->slots[found->stored++] = slot;
}

/* A walk over heads in order: the states after each character of the path so far. */
typedef struct {
    const Pattern *p;
    int length, dead; /* characters on the path; after which the automaton was dead, or 0 */
    uint8_t path[PREFIX];
    States states[PREFIX + 1];
} Walk;

static void walk_begin(Walk *w, const Pattern *p)
{
    w->p = p;
    w->length = 0;
    w->dead = 0;
    memset(w->states, 0, sizeof w->states);
    begin(p, w->states[0]);
}

/* How many characters the head holds if the automaton lives after them, else -1. */
static int walk(Walk *w, const uint8_t *head, int most)
{
    int held = head[0], common = 0;
    if (held > most)
        held = most;
    if (held > PREFIX)
        held = PREFIX;
    const int both = held < w->length ? held : w->length;
    while (common < both && w->path[common] == head[1 + common])
        common++;
    if (w->dead && common >= w->dead)
        return -1;
    if (w->length > common) {
        w->length = common;
        w->dead = 0;
    }
    for (int d = common; d < held; d++) {
        memcpy(w->states[d + 1], w->states[d], sizeof(States));
        step(w->p, w->states[d + 1], head[1 + d]);
        w->path[d] = head[1 + d];
        w->length = d + 1;
        if (!any_state(w->states[d + 1], w->p->edits)) {
            w->dead = d + 1;
            return -1;
        }
    }
    return held;
}

static void search_bucket(const Segment *s, const Bucket *b, const Pattern *p, Compare *compare,
                          int reversed, Found *found)
{
    const uint8_t *blocks = s->views[reversed ? R_BLOCKS : F_BLOCKS].buf;
    const uint8_t *heads = s->views[reversed ? R_HEADS : F_HEADS].buf;
    const uint32_t *to_slot = s->views[R_SLOT].buf;
    const uint32_t *weight = s->views[WEIGHT].buf;
    const size_t size = (size_t)LANES * b->length;
    Walk w;
    walk_begin(&w, p);
    const uint32_t groups = groups_of(b->block_count), tops = groups_of(groups);
    for (uint32_t t = 0; t < tops; t++) {
        if (walk(&w, heads + b->heads[2] + (size_t)t * HEAD, b->length) < 0)
            continue;
        const uint32_t group_end = (t + 1) * FAN < groups ? (t + 1) * FAN : groups;
        for (uint32_t g = t * FAN; g < group_end; g++) {
            if (walk(&w, heads + b->heads[1] + (size_t)g * HEAD, b->length) < 0)
                continue;
            const uint32_t end = (g + 1) * FAN < b->block_count ? (g + 1) * FAN : b->block_count;
            for (uint32_t k = g * FAN; k < end; k++) {
                const int from = walk(&w, heads + b->heads[0] + (size_t)k * HEAD, b->length);
                if (from < 0)
                    continue;
                uint32_t lanes = compare(p, blocks + b->blocks + k * size, b->length, from,
                                         w.states[from]);
                const uint32_t here = b->count - k * LANES;
                if (here < LANES)
                    lanes &= (1u << here) - 1;
                while (lanes) {
                    const uint32_t lane = (uint32_t)__builtin_ctz(lanes);
                    lanes &= lanes - 1;
                    uint32_t slot = b->first + k * LANES + lane;
                    if (reversed)
                        slot = to_slot[slot];
                    if (slot < s->slots && weight[slot])
                        found_add(found, slot);
                }
            }
        }
    }
}

static void search_direction(const Segment *s, const Pattern *p, Compare *compare, int reversed,
                             Found *found)
{
    for (int i = 0; i < s->bucket_count && !found->failed; i++) {
        const Bucket *b = &s->buckets[i];
        if (b->length < p->places - p->edits)
            continue;
        if (!p->runs && b->length > p->places + p->edits)
            continue;
        search_bucket(s, b, p, compare, reversed, found);
    }
}

static int by_radix(uint32_t *slots, size_t n)
{
    uint32_t *other = malloc((n ? n : 1) * sizeof *other);
    if (!other)
        return -1;
    for (int shift = 0; shift < 32; shift += 8) {
        size_t at[257] = {0};
        for (size_t i = 0; i < n; i++)
            at[(slots[i] >> shift & 255) + 1]++;
        int one = 0;
        for (int k = 1; k < 257 && !one; k++)
            one = at[k] == n;
        if (one)
            continue;
        for (int k = 1; k < 257; k++)
            at[k] += at[k - 1];
        for (size_t i = 0; i < n; i++)
            other[at[slots[i] >> shift & 255]++] = slots[i];
        memcpy(slots, other, n * sizeof *slots);
    }
    free(other);
    return 0;
}

/* The codes of a slot, from its block; 0 if there is no such slot. */
static int codes_of(const Segment *s, uint32_t slot, uint8_t *codes)
{
    int low = 0, high = s->bucket_count;
    while (low + 1 < high) {
        const int middle = (low + high) / 2;
        if (s->buckets[middle].first <= slot)
            low = middle;
        else
            high = middle;
    }
    if (low >= s->bucket_count)
        return 0;
    const Bucket *b = &s->buckets[low];
    const uint32_t at = slot - b->first;
    if (at >= b->count)
        return 0;
    const uint8_t *block = (const uint8_t *)s->views[F_BLOCKS].buf + b->blocks
                           + (size_t)(at / LANES) * LANES * b->length + at % LANES;
    for (int j = 0; j < b->length; j++)
        codes[j] = block[(size_t)j * LANES];
    return b->length;
}

/* ---- what Python sees ------------------------------------------------------ */

static uint32_t is_beyond(int32_t cost)
{
    return (uint32_t)cost + MOST_COST > 2u * MOST_COST;
}

static int take_costs(PyObject *tuple, Costs *c, Py_buffer *views, int *held)
{
    PyObject *arrays[5];
    unsigned long long runs;
    if (!PyArg_ParseTuple(tuple, "iKOOOOOiii", &c->places, &runs, &arrays[0], &arrays[1],
                          &arrays[2], &arrays[3], &arrays[4], &c->swap, &c->run, &c->stored))
        return -1;
    if (c->places < 0 || c->places > PLACES) {
        PyErr_SetString(PyExc_ValueError, "a reading has 0 to 60 places");
        return -1;
    }
    c->runs = runs;
    const Py_ssize_t need[5] = {(Py_ssize_t)c->places * CODES, CODES, c->places, PLACES + 1,
                                PLACES + 1};
    for (int i = 0; i < 5; i++) {
        if (PyObject_GetBuffer(arrays[i], &views[i], PyBUF_C_CONTIGUOUS) < 0)
            return -1;
        (*held)++;
        if (views[i].len < need[i] * 4 || (uintptr_t)views[i].buf % 4) {
            PyErr_SetString(PyExc_ValueError, "a table of costs is too small");
            return -1;
        }
    }
    /* Within these bounds no sum over a marking and a reading overflows. */
    uint32_t beyond = is_beyond(c->swap) | is_beyond(c->run) | is_beyond(c->stored);
    for (int i = 0; i < 5; i++) {
        const int32_t *table = views[i].buf;
        for (Py_ssize_t k = 0; k < need[i]; k++)
            beyond |= is_beyond(table[k]);
    }
    if (beyond) {
        PyErr_SetString(PyExc_ValueError, "a cost is out of bounds");
        return -1;
    }
    c->seen = views[0].buf;
    c->drop = views[1].buf;
    c->add = views[2].buf;
    c->cut = views[3].buf;
    c->extra = views[4].buf;
    return 0;
}

static int take_pattern(PyObject *tuple, Pattern *p, int *half, int *limits)
{
    Py_buffer fits;
    PyObject *table;
    unsigned long long runs;
    if (!PyArg_ParseTuple(tuple, "iiKOiii", &p->places, &p->edits, &runs, &table, half,
                          &limits[0], &limits[1]))
        return -1;
    if (p->places < 0 || p->places > PLACES || p->edits < 0 || p->edits > MOST_EDITS
        || *half < 0 || *half > p->places || limits[0] < -1 || limits[1] < -1) {
        PyErr_SetString(PyExc_ValueError, "a pattern is out of bounds");
        return -1;
    }
    if (PyObject_GetBuffer(table, &fits, PyBUF_C_CONTIGUOUS) < 0)
        return -1;
    if (fits.len != CLASSES * 8) {
        PyBuffer_Release(&fits);
        PyErr_SetString(PyExc_ValueError, "a pattern has 64 classes");
        return -1;
    }
    memcpy(p->fits, fits.buf, sizeof p->fits);
    PyBuffer_Release(&fits);
    const uint64_t inside = (1ull << p->places) - 1;
    p->runs = runs & (inside << 1 | 1);
    for (int k = 0; k < CLASSES; k++) {
        p->fits[k] &= inside;
        p->narrow[k] = (uint16_t)p->fits[k];
    }
    return 0;
}

static uint64_t turned(uint64_t bits, int width)
{
    uint64_t back = 0;
    for (int i = 0; i < width; i++)
        back |= (bits >> i & 1) << (width - 1 - i);
    return back;
}

/* At most `limit` errors before place `half`. */
static void limit_first(Pattern *p, int half, int limit)
{
    /* States beyond the last place would keep a dead search alive. */
    const uint64_t inside = (2ull << p->places) - 1;
    for (int e = 0; e <= MOST_EDITS; e++)
        p->allow[e] = (e <= limit ? ~0ull : ~0ull << half) & inside;
}

static void turn(Pattern *p)
{
    for (int k = 0; k < CLASSES; k++) {
        p->fits[k] = turned(p->fits[k], p->places);
        p->narrow[k] = (uint16_t)p->fits[k];
    }
    p->runs = turned(p->runs, p->places + 1);
}

static int level_of(const Pattern *p, const uint8_t *codes, int n)
{
    States r;
    begin(p, r);
    for (int j = 0; j < n; j++)
        step(p, r, codes[j]);
    for (int e = 0; e <= p->edits; e++)
        if (r[e] >> p->places & 1)
            return e;
    return p->edits + 1;
}

/* Keep the `keep` candidates of the fewest edits, within these the lowest slots. */
static int fewest(const Segment *s, Pattern *p, Found *found, size_t keep)
{
    size_t counts[MOST_EDITS + 2] = {0};
    uint8_t *levels = malloc(found->stored ? found->stored : 1), codes[PLACES];
    if (!levels)
        return -1;
    limit_first(p, 0, p->edits);
    for (size_t i = 0; i < found->stored; i++) {
        const int n = codes_of(s, found->slots[i], codes);
        levels[i] = (uint8_t)level_of(p, codes, n);
        counts[levels[i]]++;
    }
    size_t room = keep, last[MOST_EDITS + 2];
    for (int e = 0; e < MOST_EDITS + 2; e++) {
        last[e] = counts[e] < room ? counts[e] : room;
        room -= last[e];
    }
    size_t to = 0;
    for (size_t i = 0; i < found->stored; i++)
        if (last[levels[i]]) {
            last[levels[i]]--;
            found->slots[to++] = found->slots[i];
        }
    found->stored = to;
    free(levels);
    return 0;
}

static Compare *kernel_named(const char *name, int places)
{
    /* Lanes of 16 bits hold the states of 15 places. */
    if (places > 15)
        return compare_plain;
    for (int k = 0; k < kernel_count; k++)
        if (!strcmp(kernels[k].name, name))
            return kernels[k].compare;
    return NULL;
}

/* The object as a segment, borrowed; NULL with an error if it is none. */
static const Segment *segment_in(PyObject *module, PyObject *object)
{
    PyObject *type = PyObject_GetAttrString(module, "Segment");
    if (!type)
        return NULL;
    const int right = PyObject_IsInstance(object, type);
    Py_DECREF(type);
    if (right > 0)
        return (const Segment *)object;
    if (!right)
        PyErr_SetString(PyExc_TypeError, "not a Segment");
    return NULL;
}

PyDoc_STRVAR(search_doc,
             "search(segment, kernel, pattern, keep) -> (slots, total)\n\n"
             "The slots within the pattern's edits, ascending, as uint32 bytes; at most `keep`\n"
             "of them (fewest edits first), and how many there are in all.\n"
             "pattern: (places, edits, runs, fits, half, first, second): at most `first` errors\n"
             "before place `half` in the search from the front, `second` after it in the search\n"
             "from the back; -1 leaves that search out.");

static PyObject *core_search(PyObject *module, PyObject *args)
{
    PyObject *segment, *tuple;
    const char *name;
    Pattern p;
    int half, limits[2];
    Py_ssize_t keep;
    if (!PyArg_ParseTuple(args, "OsO!n", &segment, &name, &PyTuple_Type, &tuple, &keep))
        return NULL;
    const Segment *s = segment_in(module, segment);
    if (!s)
        return NULL;
    if (keep < 1) {
        PyErr_SetString(PyExc_ValueError, "keep at least one");
        return NULL;
    }
    if (take_pattern(tuple, &p, &half, limits) < 0)
        return NULL;
    Compare *compare = kernel_named(name, p.places);
    if (!compare) {
        PyErr_Format(PyExc_ValueError, "no kernel %s here", name);
        return NULL;
    }
    /* Exact agreement is found in order of slots: no need to hold more than are kept. */
    const int ordered = p.edits == 0 && limits[1] < 0;
    Found found = {.keep = ordered ? (size_t)keep : SIZE_MAX};
    size_t total = 0;
    int failed = 0;
    Py_BEGIN_ALLOW_THREADS
    if (limits[0] >= 0) {
        limit_first(&p, half, limits[0]);
        search_direction(s, &p, compare, 0, &found);
    }
    if (limits[1] >= 0) {
        turn(&p);
        limit_first(&p, p.places - half, limits[1]);
        search_direction(s, &p, compare, 1, &found);
        turn(&p);
    }
    failed = found.failed;
    total = found.count;
    if (!failed && !ordered) {
        failed = by_radix(found.slots, found.stored) < 0;
        size_t to = 0;
        for (size_t i = 0; i < found.stored; i++)
            if (!i || found.slots[i] != found.slots[i - 1])
                found.slots[to++] = found.slots[i];
        total = found.stored = to;
        if (!failed && found.stored > (size_t)keep)
            failed = fewest(s, &p, &found, (size_t)keep) < 0;
    }
    Py_END_ALLOW_THREADS
    PyObject *answer = NULL;
    if (failed)
        PyErr_NoMemory();
    else
        answer = Py_BuildValue("y#n", found.slots ? (const char *)found.slots : "",
                               (Py_ssize_t)(found.stored * sizeof(uint32_t)), (Py_ssize_t)total);
    free(found.slots);
    return answer;
}

PyDoc_STRVAR(score_doc,
             "score(segment, slots, costs) -> bytes\n\n"
             "What each of the slots (uint32) costs, int32, in 1/100 nat; an unknown slot costs\n"
             "2**28. costs: (places, runs, seen, drop, add, cut, extra, swap, run, stored).");

static PyObject *core_score(PyObject *module, PyObject *args)
{
    PyObject *segment, *tuple, *answer = NULL;
    Py_buffer slots, views[5];
    int held = 0;
    Costs c;
    int32_t *costs = NULL;
    if (!PyArg_ParseTuple(args, "Oy*O!", &segment, &slots, &PyTuple_Type, &tuple))
        return NULL;
    const Segment *s = segment_in(module, segment);
    if (!s || take_costs(tuple, &c, views, &held) < 0)
        goto done;
    const size_t n = (size_t)slots.len / 4;
    costs = malloc((n ? n : 1) * sizeof *costs);
    if (!costs) {
        PyErr_NoMemory();
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS
    uint8_t codes[PLACES];
    for (size_t i = 0; i < n; i++) {
        uint32_t slot;
        memcpy(&slot, (const char *)slots.buf + i * 4, 4);
        const int length = codes_of(s, slot, codes);
        costs[i] = length ? cost_of(&c, codes, length) : FAR;
    }
    Py_END_ALLOW_THREADS
    answer = PyBytes_FromStringAndSize((const char *)costs, (Py_ssize_t)(n * sizeof *costs));
done:
    free(costs);
    for (int i = 0; i < held; i++)
        PyBuffer_Release(&views[i]);
    PyBuffer_Release(&slots);
    return answer;
}

PyDoc_STRVAR(score_rows_doc,
             "score_rows(rows, lengths, costs) -> bytes\n\n"
             "The same for codes laid out as rows of 60 bytes; code 63 is a stored run.");

static PyObject *core_score_rows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *tuple, *answer = NULL;
    Py_buffer rows, lengths, views[5];
    int held = 0;
    Costs c;
    int32_t *costs = NULL;
    if (!PyArg_ParseTuple(args, "y*y*O!", &rows, &lengths, &PyTuple_Type, &tuple))
        return NULL;
    if (take_costs(tuple, &c, views, &held) < 0)
        goto done;
    const size_t n = (size_t)lengths.len;
    if ((size_t)rows.len != n * PLACES) {
        PyErr_SetString(PyExc_ValueError, "rows of 60 codes, one length each");
        goto done;
    }
    costs = malloc((n ? n : 1) * sizeof *costs);
    if (!costs) {
        PyErr_NoMemory();
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS
    for (size_t i = 0; i < n; i++) {
        const int length = ((const uint8_t *)lengths.buf)[i];
        costs[i] = length <= PLACES
                       ? cost_of(&c, (const uint8_t *)rows.buf + i * PLACES, length) : FAR;
    }
    Py_END_ALLOW_THREADS
    answer = PyBytes_FromStringAndSize((const char *)costs, (Py_ssize_t)(n * sizeof *costs));
done:
    free(costs);
    for (int i = 0; i < held; i++)
        PyBuffer_Release(&views[i]);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&lengths);
    return answer;
}

/* ---- how many markings begin as a reading does ----------------------------- */

static uint8_t code_at(const uint8_t *blocks, const Bucket *b, uint32_t at, int place)
{
    return blocks[b->blocks + (size_t)(at / LANES) * LANES * b->length + (size_t)place * LANES
                  + at % LANES];
}

/* The first of [low, high) whose first `n` codes are not below (or, with `after`, are
 * above) `codes`. The first `same` codes are known to agree. */
static uint32_t bound(const uint8_t *blocks, const Bucket *b, uint32_t low, uint32_t high,
                      const uint8_t *codes, int same, int n, int after)
{
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        int order = 0;
        for (int j = same; j < n && !order; j++)
            order = (int)code_at(blocks, b, middle, j) - (int)codes[j];
        if (order < 0 || (after && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

PyDoc_STRVAR(begins_doc,
             "begins(segment, codes, reversed) -> bytes\n\n"
             "How many markings of this length begin with the first 0, 1, ... all of the codes\n"
             "(read from the back if reversed), int64.");

static PyObject *core_begins(PyObject *module, PyObject *args)
{
    PyObject *segment, *answer = NULL;
    Py_buffer codes;
    int reversed;
    if (!PyArg_ParseTuple(args, "Oy*p", &segment, &codes, &reversed))
        return NULL;
    const Segment *s = segment_in(module, segment);
    if (!s)
        goto done;
    if (codes.len > PLACES) {
        PyErr_SetString(PyExc_ValueError, "more than 60 codes");
        goto done;
    }
    const uint8_t *blocks = s->views[reversed ? R_BLOCKS : F_BLOCKS].buf;
    const int n = (int)codes.len;
    int64_t counts[PLACES + 1] = {0};
    for (int i = 0; i < s->bucket_count; i++) {
        const Bucket *b = &s->buckets[i];
        if (b->length != n)
            continue;
        uint32_t low = 0, high = b->count;
        counts[0] = high;
        for (int d = 1; d <= n && low < high; d++) {
            low = bound(blocks, b, low, high, codes.buf, d - 1, d, 0);
            high = bound(blocks, b, low, high, codes.buf, d - 1, d, 1);
            counts[d] = high - low;
        }
    }
    answer = PyBytes_FromStringAndSize((const char *)counts,
                                       (Py_ssize_t)((size_t)(n + 1) * sizeof *counts));
done:
    PyBuffer_Release(&codes);
    return answer;
}

static PyObject *core_kernels(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(ignored))
{
    PyObject *names = PyTuple_New(kernel_count);
    for (int k = 0; names && k < kernel_count; k++)
        PyTuple_SetItem(names, k, PyUnicode_FromString(kernels[k].name));
    return names;
}

static PyMethodDef methods[] = {
    {"search", core_search, METH_VARARGS, search_doc},
    {"score", core_score, METH_VARARGS, score_doc},
    {"score_rows", core_score_rows, METH_VARARGS, score_rows_doc},
    {"begins", core_begins, METH_VARARGS, begins_doc},
    {"kernels", core_kernels, METH_NOARGS,
     "kernels() -> names of the kernels this machine can run, the fastest first."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot segment_slots[] = {
    {Py_tp_new, segment_new},
    {Py_tp_dealloc, segment_dealloc},
    {Py_tp_doc, "The arrays of one part of an index, checked once and held."},
    {0, NULL},
};

static PyType_Spec segment_spec = {
    .name = "headstamp.markings._core.Segment",
    .basicsize = sizeof(Segment),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = segment_slots,
};

static int core_exec(PyObject *module)
{
    find_kernels();
    PyObject *type = PyType_FromSpec(&segment_spec);
    if (!type)
        return -1;
    const int done = PyModule_AddObjectRef(module, "Segment", type);
    Py_DECREF(type);
    return done < 0 ? -1 : PyModule_AddStringConstant(module, "source", HEADSTAMP_SOURCE);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, core_exec},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "headstamp.markings._core",
    .m_doc = "The compiled search of the markings index; see _core.c.",
    .m_slots = module_slots,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
