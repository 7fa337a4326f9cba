/* The walks over the graph of supply: who held goods before, by which chains they came.
 *
 * Three functions and one type, over arrays that Python lays out (headstamp/tracing/
 * graph_build.py says how; docs/supply-graph.md tells why). `graph_fallback.py` does the
 * same in Python and must give the same answer to the last number; tests hold them together.
 *
 * A side is the graph read in one direction: the rows of receivers name senders (upstream),
 * or those of senders name receivers (downstream). Within a row edges stand in order of
 * their code, which stands for a level (who may see it), a first and a last possible day;
 * so what a level may see is the beginning of each row. Over the arrays of a file lie the
 * edges added since (extras, row by row), a bit for each that is gone, and a mark on each
 * row to which either happened.
 *
 * No recursion, no allocation that an answer's limit does not bound, and no trust in the
 * arrays: a file may be damaged. Whatever is read from them is checked where it is used.
 */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The digest of this source: scripts/compile_core.py gives it and asks for it. */
#ifndef HEADSTAMP_SOURCE
#define HEADSTAMP_SOURCE "unknown"
#endif

#define NONE UINT32_MAX
#define MOST_STEPS 64 /* transfers of a path */
#define AHEAD 16      /* how far the memory of nodes is fetched before they are come to */
#define RUN 4096      /* edges taken in one go */
#define SHORT 16      /* a row of no more is copied as if it had as many */

enum {
    OFFSETS, OTHER, LOW, HIGH, TABLE, LIMITS, DEAD, MARK, AT, X_OFFSETS, X_OTHER, X_DAYS, X_LEVEL,
    ARRAYS
};

typedef struct {
    PyObject_HEAD
    Py_buffer views[ARRAYS];
    int held;
    uint32_t nodes, rows, edges, codes, levels, extra_rows, extras;
    const uint32_t *offsets, *other, *limits, *at, *x_offsets, *x_other;
    const uint16_t *low;
    const uint8_t *high, *dead, *mark, *x_level;
    const int32_t *table, *x_days; /* first and last day, in pairs */
    uint64_t *scratch;             /* a bit for each node, all clear; NULL while a walk has it */
} Side;

static int wrong(const char *what)
{
    PyErr_Format(PyExc_ValueError, "the arrays of a supply graph do not fit: %s", what);
    return -1;
}

static void side_dealloc(PyObject *object)
{
    Side *self = (Side *)object;
    PyTypeObject *type = Py_TYPE(object);
    for (int i = 0; i < self->held; i++)
        PyBuffer_Release(&self->views[i]);
    free(self->scratch);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static int side_check(Side *s)
{
    static const int unit[ARRAYS] = {4, 4, 2, 1, 4, 4, 1, 1, 4, 4, 4, 4, 1};
    const Py_buffer *v = s->views;
    uint64_t n[ARRAYS];
    for (int i = 0; i < ARRAYS; i++) {
        if (v[i].len % unit[i] || (uintptr_t)v[i].buf % (uintptr_t)unit[i])
            return wrong("alignment");
        n[i] = (uint64_t)v[i].len / (uint64_t)unit[i];
        if (n[i] >= NONE)
            return wrong("too many edges");
    }
    if (n[OFFSETS] < 1 || n[OFFSETS] - 1 > s->nodes)
        return wrong("rows and nodes");
    if (n[LOW] != n[OTHER] || (n[HIGH] && n[HIGH] != n[OTHER]))
        return wrong("codes and edges");
    if (n[TABLE] % 2 || n[LIMITS] < 1 || n[LIMITS] > 256)
        return wrong("days and levels");
    if (n[DEAD] && n[DEAD] < (n[OTHER] + 7) / 8)
        return wrong("edges that are gone");
    if (n[X_OFFSETS] != n[AT] + 1 || n[X_DAYS] != 2 * n[X_OTHER] || n[X_LEVEL] != n[X_OTHER])
        return wrong("edges added");
    if ((n[AT] || n[DEAD]) && n[MARK] < ((uint64_t)s->nodes + 7) / 8)
        return wrong("rows that changed");
    if (n[OTHER] + n[X_OTHER] >= NONE)
        return wrong("too many edges");
    s->rows = (uint32_t)(n[OFFSETS] - 1);
    s->edges = (uint32_t)n[OTHER];
    s->codes = (uint32_t)(n[TABLE] / 2);
    s->levels = (uint32_t)n[LIMITS];
    s->extra_rows = (uint32_t)n[AT];
    s->extras = (uint32_t)n[X_OTHER];
    s->offsets = v[OFFSETS].buf;
    s->other = v[OTHER].buf;
    s->low = v[LOW].buf;
    s->high = n[HIGH] ? v[HIGH].buf : NULL;
    s->table = v[TABLE].buf;
    s->limits = v[LIMITS].buf;
    s->dead = n[DEAD] ? v[DEAD].buf : NULL;
    s->mark = n[AT] || n[DEAD] ? v[MARK].buf : NULL;
    s->at = v[AT].buf;
    s->x_offsets = v[X_OFFSETS].buf;
    s->x_other = v[X_OTHER].buf;
    s->x_days = v[X_DAYS].buf;
    s->x_level = v[X_LEVEL].buf;
    for (uint32_t k = 0, before = 0; k < s->levels; before = s->limits[k++])
        if (s->limits[k] < before || s->limits[k] > s->codes)
            return wrong("levels");
    return 0;
}

static PyObject *side_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *arrays[ARRAYS];
    unsigned int nodes;
    static char *names[] = {"nodes", "offsets", "other", "low", "high", "table", "limits", "dead",
                            "mark", "at", "x_offsets", "x_other", "x_days", "x_level", NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "IOOOOOOOOOOOOO", names, &nodes, &arrays[0],
                                     &arrays[1], &arrays[2], &arrays[3], &arrays[4], &arrays[5],
                                     &arrays[6], &arrays[7], &arrays[8], &arrays[9], &arrays[10],
                                     &arrays[11], &arrays[12]))
        return NULL;
    Side *self = (Side *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (!self)
        return NULL;
    for (int i = 0; i < ARRAYS; i++) {
        if (PyObject_GetBuffer(arrays[i], &self->views[i], PyBUF_C_CONTIGUOUS) < 0)
            goto fail;
        self->held++;
    }
    self->nodes = nodes;
    if (nodes == NONE) {
        wrong("too many nodes");
        goto fail;
    }
    if (side_check(self) < 0)
        goto fail;
    return (PyObject *)self;
fail:
    Py_DECREF((PyObject *)self);
    return NULL;
}

/* ---- edges ------------------------------------------------------------------ */

static inline int bit(const uint8_t *bits, uint32_t at) { return bits[at >> 3] >> (at & 7) & 1; }

static inline uint32_t code_of(const Side *s, uint32_t e)
{
    return s->high ? (uint32_t)s->high[e] << 16 | s->low[e] : s->low[e];
}

/* What of a row is left to look at: first the file's edges, then those added. */
typedef struct {
    uint32_t e, end;   /* edges of the file */
    uint32_t x, x_end; /* edges added */
} Row;

typedef struct {
    const Side *s;
    uint32_t level, limit, top; /* codes below `limit` are seen; from `top` on by this level alone */
    int all;                    /* every code is seen: none need be looked at */
    uint64_t looked, effort;
    int more, damaged, memory;  /* why it stopped: a limit, a file that is no good, no memory */
} Walk;

static void walk_begin(Walk *w, const Side *s, uint32_t level, uint64_t effort)
{
    memset(w, 0, sizeof *w);
    w->s = s;
    w->level = level;
    w->effort = effort;
    const uint32_t last = level < s->levels ? level : s->levels - 1;
    w->limit = s->limits[last];
    w->top = level < s->levels && level ? s->limits[level - 1] : level ? w->limit : 0;
    /* Only what a whole file's own codes are can be taken on trust. */
    w->all = w->limit == s->codes;
}

static int row_of(Walk *w, uint32_t node, Row *row)
{
    const Side *s = w->s;
    memset(row, 0, sizeof *row);
    if (node < s->rows) {
        row->e = s->offsets[node];
        row->end = s->offsets[node + 1];
        if (row->e > row->end || row->end > s->edges) {
            w->damaged = 1;
            return -1;
        }
    }
    if (s->mark && bit(s->mark, node)) {
        uint32_t low = 0, high = s->extra_rows;
        while (low < high) {
            const uint32_t middle = low + (high - low) / 2;
            if (s->at[middle] < node)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < s->extra_rows && s->at[low] == node) {
            row->x = s->x_offsets[low];
            row->x_end = s->x_offsets[low + 1];
            if (row->x > row->x_end || row->x_end > s->extras) {
                w->damaged = 1;
                return -1;
            }
        }
    }
    return 0;
}

/* Whether a walk goes on with one more edge to look at. */
static inline int looks(Walk *w)
{
    if (w->looked == w->effort) {
        w->more = 1;
        return 0;
    }
    w->looked++;
    return 1;
}

/* ---- arrays that grow ------------------------------------------------------- */

typedef struct {
    uint32_t *at;
    size_t count, room;
} Numbers;

/* Room for so many more; -1 where there is no memory. */
static int make_room(Walk *w, Numbers *to, size_t more)
{
    while (to->room - to->count < more) {
        const size_t room = to->room ? to->room * 2 : 1024;
        uint32_t *grown = realloc(to->at, room * sizeof *grown);
        if (!grown) {
            w->memory = 1;
            return -1;
        }
        to->at = grown;
        to->room = room;
    }
    return 0;
}

static int add(Walk *w, Numbers *to, uint32_t value)
{
    if (to->count == to->room && make_room(w, to, 1) < 0)
        return -1;
    to->at[to->count++] = value;
    return 0;
}

static PyObject *as_bytes(const Numbers *from, size_t skip)
{
    return PyBytes_FromStringAndSize(from->at ? (const char *)(from->at + skip) : NULL,
                                     (Py_ssize_t)((from->count - (from->at ? skip : 0)) * 4));
}

static int refused(const Walk *w)
{
    if (w->memory)
        PyErr_NoMemory();
    else if (w->damaged)
        wrong("an edge leads out of the graph");
    return w->memory || w->damaged;
}

/* ---- who is reached --------------------------------------------------------- */

static inline int seen(uint64_t *bits, uint32_t node)
{
    const uint64_t one = 1ull << (node & 63);
    if (bits[node >> 6] & one)
        return 1;
    bits[node >> 6] |= one;
    return 0;
}

/* Takes a node that is not known yet; -1 where the walk ends. */
static inline int take(Walk *w, Numbers *queue, uint64_t *bits, uint32_t node, size_t most)
{
    if (node >= w->s->nodes) {
        w->damaged = 1;
        return -1;
    }
    if (bits[node >> 6] >> (node & 63) & 1)
        return 0;
    if (queue->count == most) {
        w->more = 1;
        return -1;
    }
    bits[node >> 6] |= 1ull << (node & 63);
    return add(w, queue, node);
}

/* Takes the nodes of a run of edges, all seen. Where no limit is near there is nothing to
 * decide but whether a node is new, and that is done without a branch. */
static int take_run(Walk *w, Numbers *queue, uint64_t *bits, const uint32_t *run, size_t length,
                    size_t most)
{
    const uint32_t nodes = w->s->nodes;
    if (length > w->effort - w->looked || length > most - queue->count) {
        for (size_t i = 0; i < length; i++)
            if (!looks(w) || take(w, queue, bits, run[i], most) < 0)
                return -1;
        return 0;
    }
    if (make_room(w, queue, length) < 0)
        return -1;
    uint32_t *at = queue->at;
    size_t count = queue->count;
    for (size_t i = 0; i < length; i++) {
        const uint32_t node = run[i];
        if (node >= nodes) {
            w->damaged = 1;
            break;
        }
        const uint64_t word = bits[node >> 6], one = 1ull << (node & 63);
        at[count] = node;
        count += !(word & one);
        bits[node >> 6] = word | one;
    }
    queue->count = count;
    w->looked += length;
    return w->damaged ? -1 : 0;
}

static int expand(Walk *w, Numbers *queue, uint64_t *bits, uint32_t node, size_t most)
{
    const Side *s = w->s;
    Row row;
    if (row_of(w, node, &row) < 0)
        return -1;
    for (; row.e < row.end; row.e++) {
        if (!w->all && code_of(s, row.e) >= w->limit)
            break;
        if (s->dead && bit(s->dead, row.e))
            continue;
        if (!looks(w) || take(w, queue, bits, s->other[row.e], most) < 0)
            return -1;
    }
    for (; row.x < row.x_end; row.x++) {
        if (s->x_level[row.x] > w->level)
            continue;
        if (!looks(w) || take(w, queue, bits, s->x_other[row.x], most) < 0)
            return -1;
    }
    return 0;
}

static inline void fetch_offset(const Side *s, uint32_t node)
{
    if (node < s->rows)
        __builtin_prefetch(&s->offsets[node]);
}

/* Two lines of a row: it may begin at the end of one. */
static inline void fetch_row(const Walk *w, uint32_t node, int codes)
{
    const Side *s = w->s;
    if (node >= s->rows)
        return;
    const uint32_t e = s->offsets[node];
    if (e >= s->edges)
        return;
    __builtin_prefetch(&s->other[e]);
    __builtin_prefetch((const char *)&s->other[e] + 64);
    if (codes)
        __builtin_prefetch(&s->low[e]);
}

/* The first nodes of a queue's next stretch, before any of it is come to. */
static void fetch_first(const Walk *w, const Numbers *queue, size_t head, int codes)
{
    const size_t end = queue->count - head < AHEAD ? queue->count : head + AHEAD;
    for (size_t i = head; i < end; i++)
        fetch_offset(w->s, queue->at[i]);
    for (size_t i = head; i < end; i++)
        fetch_row(w, queue->at[i], codes);
}

/* Those farther on, as each is come to. */
static inline void fetch(const Walk *w, const Numbers *queue, size_t head, int codes)
{
    if (head + 2 * AHEAD < queue->count)
        fetch_offset(w->s, queue->at[head + 2 * AHEAD]);
    if (head + AHEAD < queue->count)
        fetch_row(w, queue->at[head + AHEAD], codes);
}

/* How many of a row's edges are seen: its beginning. */
static uint32_t visible(const Walk *w, uint32_t e, uint32_t end)
{
    uint32_t low = e, high = end;
    if (w->all || e == end || code_of(w->s, end - 1) < w->limit)
        return end - e;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (code_of(w->s, middle) < w->limit)
            low = middle + 1;
        else
            high = middle;
    }
    return low - e;
}

/* Puts what is seen of the rows of the queue, from `head` on, one after the other; until the
 * run is full or a row needs more care. Short rows are copied in one piece of fixed length:
 * their lengths are what a processor cannot foretell. */
static size_t gather(const Walk *w, const Numbers *queue, size_t head, size_t end, uint32_t *run,
                     size_t *length)
{
    const Side *s = w->s;
    *length = 0;
    for (; head < end; head++) {
        fetch(w, queue, head, !w->all);
        const uint32_t node = queue->at[head];
        if (node >= s->rows || (s->mark && bit(s->mark, node)))
            break;
        const uint32_t e = s->offsets[node], stop = s->offsets[node + 1];
        if (e > stop || stop > s->edges)
            break;
        const uint32_t many = visible(w, e, stop);
        if (many > RUN - SHORT - *length)
            break;
        if (many <= SHORT && s->edges >= SHORT && e <= s->edges - SHORT)
            memcpy(run + *length, s->other + e, SHORT * sizeof *run);
        else
            memcpy(run + *length, s->other + e, many * sizeof *run);
        *length += many;
    }
    return head;
}

static void reach(Walk *w, Numbers *queue, Numbers *ends, uint64_t *bits, size_t starts,
                  uint64_t steps, size_t most)
{
    size_t head = 0;
    for (uint64_t step = 0; step < steps && head < queue->count; step++) {
        const size_t end = queue->count;
        int on = 0;
        fetch_first(w, queue, head, !w->all);
        while (head < end && on >= 0) {
            uint32_t run[RUN];
            size_t length;
            const size_t stop = gather(w, queue, head, end, run, &length);
            if (stop > head)
                on = take_run(w, queue, bits, run, length, most);
            else
                on = expand(w, queue, bits, queue->at[head], most);
            head = stop > head ? stop : head + 1;
        }
        if (queue->count > end && add(w, ends, (uint32_t)(queue->count - starts)) < 0)
            return;
        if (on < 0)
            return;
    }
}

typedef struct {
    PyTypeObject *side;
} State;

/* The object as a side, borrowed; NULL with an error if it is none. */
static Side *side_in(PyObject *module, PyObject *object)
{
    const State *state = PyModule_GetState(module);
    if (PyObject_TypeCheck(object, state->side))
        return (Side *)object;
    PyErr_SetString(PyExc_TypeError, "not a Side");
    return NULL;
}

static int starts_fit(const Side *s, const Py_buffer *starts)
{
    if (starts->len % 4) {
        PyErr_SetString(PyExc_ValueError, "nodes are whole numbers of 32 bits");
        return 0;
    }
    for (Py_ssize_t i = 0; i < starts->len / 4; i++) {
        uint32_t node;
        memcpy(&node, (const char *)starts->buf + 4 * i, 4);
        if (node >= s->nodes) {
            PyErr_SetString(PyExc_ValueError, "there is no such node");
            return 0;
        }
    }
    return 1;
}

PyDoc_STRVAR(reach_doc,
             "reach(side, starts, level, steps, most, effort) -> (nodes, ends, more)\n\n"
             "The nodes reached from the starts (uint32) in at most `steps` edges, nearest first;\n"
             "`ends` says how many are reached in 1, 2, ... steps (both uint32 bytes). Starts are\n"
             "not among them. More: there may be others, for `most` nodes were found, or\n"
             "`effort` edges looked at.");

static PyObject *graph_reach(PyObject *module, PyObject *args)
{
    PyObject *object, *answer = NULL;
    Py_buffer starts;
    unsigned int level;
    unsigned long long steps, most, effort;
    if (!PyArg_ParseTuple(args, "Oy*IKKK", &object, &starts, &level, &steps, &most, &effort))
        return NULL;
    Side *s = side_in(module, object);
    if (!s || !starts_fit(s, &starts)) {
        PyBuffer_Release(&starts);
        return NULL;
    }
    const size_t words = ((size_t)s->nodes + 63) / 64;
    uint64_t *bits = s->scratch; /* one walk has it at a time; another makes its own */
    s->scratch = NULL;
    Numbers queue = {0}, ends = {0};
    Walk w;
    walk_begin(&w, s, level, effort);
    size_t first = 0;
    Py_BEGIN_ALLOW_THREADS
    if (!bits)
        bits = calloc(words ? words : 1, sizeof *bits);
    if (!bits)
        w.memory = 1;
    for (Py_ssize_t i = 0; i < starts.len / 4 && !w.memory; i++) {
        uint32_t node;
        memcpy(&node, (const char *)starts.buf + 4 * i, 4);
        if (!seen(bits, node) && add(&w, &queue, node) < 0)
            bits[node >> 6] &= ~(1ull << (node & 63));
    }
    first = queue.count;
    if (!w.memory)
        reach(&w, &queue, &ends, bits, first, steps,
              most > NONE - first ? NONE : (size_t)most + first);
    for (size_t i = 0; i < queue.count; i++)
        bits[queue.at[i] >> 6] = 0;
    Py_END_ALLOW_THREADS
    /* A walk that ran out of memory may have left a bit. */
    if (w.memory || s->scratch)
        free(bits);
    else
        s->scratch = bits;
    if (!refused(&w)) {
        PyObject *nodes = as_bytes(&queue, first), *told = as_bytes(&ends, 0);
        if (nodes && told)
            answer = PyTuple_Pack(3, nodes, told, w.more ? Py_True : Py_False);
        Py_XDECREF(nodes);
        Py_XDECREF(told);
    }
    free(queue.at);
    free(ends.at);
    PyBuffer_Release(&starts);
    return answer;
}

/* ---- paths ------------------------------------------------------------------- */

/* A path's earlier or later edges leave it a day: upstream the least last day of those that
 * come after, downstream the greatest first day of those before. */
typedef struct {
    Walk w;
    int dated, forward;
} Rule;

/* Whether an edge with these days may go on from a path with this bound; then the new bound. */
static inline int goes_on(const Rule *r, int32_t bound, const int32_t *days, int32_t *next)
{
    *next = bound;
    if (!r->dated)
        return 1;
    if (r->forward) {
        if (days[1] < bound)
            return 0;
        *next = days[0] > bound ? days[0] : bound;
    } else {
        if (days[0] > bound)
            return 0;
        *next = days[1] < bound ? days[1] : bound;
    }
    return 1;
}

/* The next edge of a row that may go on from a bound; NONE at its end or where the walk ends. */
static inline uint32_t next_edge(Rule *r, Row *row, int32_t bound, uint32_t *node, int32_t *next)
{
    const Side *s = r->w.s;
    while (row->e < row->end) {
        const uint32_t e = row->e++, code = code_of(s, e);
        if (code >= r->w.limit) {
            row->e = row->end;
            break;
        }
        if (s->dead && bit(s->dead, e))
            continue;
        if (!looks(&r->w))
            return NONE;
        if (!goes_on(r, bound, s->table + 2 * (size_t)code, next)) {
            /* The rest of the row begins no earlier. */
            if (!r->forward && code >= r->w.top)
                row->e = row->end;
            continue;
        }
        *node = s->other[e];
        if (*node < s->nodes)
            return e;
        r->w.damaged = 1;
        return NONE;
    }
    while (row->x < row->x_end) {
        const uint32_t x = row->x++;
        if (s->x_level[x] > r->w.level)
            continue;
        if (!looks(&r->w))
            return NONE;
        if (!goes_on(r, bound, s->x_days + 2 * (size_t)x, next))
            continue;
        *node = s->x_other[x];
        if (*node < s->nodes)
            return s->edges + x;
        r->w.damaged = 1;
        return NONE;
    }
    return NONE;
}

static inline int stopped(const Walk *w) { return w->more || w->damaged || w->memory; }

static void paths(Rule *r, Numbers *edge, Numbers *parent, Numbers *node, Numbers *bound,
                  unsigned steps, size_t most)
{
    size_t head = 0;
    for (unsigned step = 0; step < steps; step++) {
        const size_t end = node->count;
        fetch_first(&r->w, node, head, 1);
        for (; head < end; head++) {
            Row row;
            uint32_t to, e;
            int32_t next;
            fetch(&r->w, node, head, 1);
            if (row_of(&r->w, node->at[head], &row) < 0)
                return;
            while ((e = next_edge(r, &row, (int32_t)bound->at[head], &to, &next)) != NONE) {
                uint32_t on = (uint32_t)head;
                while (on != NONE && node->at[on] != to)
                    on = parent->at[on];
                if (on != NONE)
                    continue; /* nobody stands twice on a path */
                if (node->count == most) {
                    r->w.more = 1;
                    return;
                }
                if (add(&r->w, edge, e) < 0 || add(&r->w, parent, (uint32_t)head) < 0
                    || add(&r->w, node, to) < 0 || add(&r->w, bound, (uint32_t)next) < 0)
                    return;
            }
            if (stopped(&r->w))
                return;
        }
    }
}

PyDoc_STRVAR(paths_doc,
             "paths(side, starts, level, steps, most, effort, dated, forward)\n"
             "    -> (edges, parents, nodes, more)\n\n"
             "Every path of 1 to `steps` edges from the starts, shortest first: its last edge, the\n"
             "path that it goes on from, the node it comes to (uint32 bytes). The starts come\n"
             "first, as paths of no edge. No node is twice on a path. Dated: only such as can\n"
             "have happened in their order; forward: the side leads to receivers.");

static PyObject *graph_paths(PyObject *module, PyObject *args)
{
    PyObject *object, *answer = NULL;
    Py_buffer starts;
    unsigned int level, steps;
    unsigned long long most, effort;
    Rule r;
    if (!PyArg_ParseTuple(args, "Oy*IIKKpp", &object, &starts, &level, &steps, &most, &effort,
                          &r.dated, &r.forward))
        return NULL;
    Side *s = side_in(module, object);
    if (!s || !starts_fit(s, &starts))
        goto done;
    if (steps > MOST_STEPS) {
        PyErr_SetString(PyExc_ValueError, "a path has at most 64 edges");
        goto done;
    }
    walk_begin(&r.w, s, level, effort);
    Numbers edge = {0}, parent = {0}, node = {0}, bound = {0};
    const size_t first = (size_t)starts.len / 4;
    Py_BEGIN_ALLOW_THREADS
    for (size_t i = 0; i < first && !r.w.memory; i++) {
        uint32_t one;
        memcpy(&one, (const char *)starts.buf + 4 * i, 4);
        if (add(&r.w, &edge, NONE) < 0 || add(&r.w, &parent, NONE) < 0
            || add(&r.w, &node, one) < 0
            || add(&r.w, &bound, (uint32_t)(r.forward ? INT32_MIN : INT32_MAX)) < 0)
            break;
    }
    if (!r.w.memory)
        paths(&r, &edge, &parent, &node, &bound, steps,
              most > NONE - 1 - first ? NONE - 1 : (size_t)most + first);
    Py_END_ALLOW_THREADS
    if (!refused(&r.w)) {
        PyObject *told[3] = {as_bytes(&edge, 0), as_bytes(&parent, 0), as_bytes(&node, 0)};
        if (told[0] && told[1] && told[2])
            answer = PyTuple_Pack(4, told[0], told[1], told[2], r.w.more ? Py_True : Py_False);
        for (int i = 0; i < 3; i++)
            Py_XDECREF(told[i]);
    }
    free(edge.at);
    free(parent.at);
    free(node.at);
    free(bound.at);
done:
    PyBuffer_Release(&starts);
    return answer;
}

/* ---- chains between two ------------------------------------------------------ */

typedef struct {
    Row row;
    uint32_t node, edge;
    int32_t bound;
} Stop;

static void chains(Rule *r, Numbers *found, uint32_t start, uint32_t goal, int length,
                   const uint8_t *near, uint64_t most)
{
    Stop stop[MOST_STEPS + 1];
    uint64_t count = 0;
    int depth = 0;
    stop[0].node = start;
    stop[0].bound = r->forward ? INT32_MIN : INT32_MAX;
    if (row_of(&r->w, start, &stop[0].row) < 0)
        return;
    while (depth >= 0) {
        uint32_t to;
        int32_t next;
        const uint32_t e = next_edge(r, &stop[depth].row, stop[depth].bound, &to, &next);
        if (e == NONE) {
            if (stopped(&r->w))
                return;
            depth--;
            continue;
        }
        /* From there the goal must be within the edges that are left. */
        if (!near[to] || near[to] - 1 > length - depth - 1 || (to == goal && depth + 1 < length))
            continue;
        int on = depth;
        while (on >= 0 && stop[on].node != to)
            on--;
        if (on >= 0)
            continue;
        stop[depth].edge = e;
        if (depth + 1 < length) {
            depth++;
            stop[depth].node = to;
            stop[depth].bound = next;
            if (row_of(&r->w, to, &stop[depth].row) < 0)
                return;
            continue;
        }
        if (to != goal)
            continue;
        if (count == most) {
            r->w.more = 1;
            return;
        }
        count++;
        for (int i = 0; i < length; i++)
            if (add(&r->w, found, stop[i].edge) < 0)
                return;
    }
}

PyDoc_STRVAR(chains_doc,
             "chains(side, start, goal, level, length, near, most, effort, dated, forward)\n"
             "    -> (edges, more)\n\n"
             "Every path of exactly `length` edges from start to goal, one after the other. `near`\n"
             "has for each node one more than its distance to the goal, 0 where that is too far.");

static PyObject *graph_chains(PyObject *module, PyObject *args)
{
    PyObject *object, *answer = NULL;
    Py_buffer near;
    unsigned int start, goal, level, length;
    unsigned long long most, effort;
    Rule r;
    if (!PyArg_ParseTuple(args, "OIIIIy*KKpp", &object, &start, &goal, &level, &length, &near,
                          &most, &effort, &r.dated, &r.forward))
        return NULL;
    const Side *s = side_in(module, object);
    if (!s)
        goto done;
    if (length < 1 || length > MOST_STEPS || start >= s->nodes || goal >= s->nodes
        || (uint64_t)near.len != s->nodes) {
        PyErr_SetString(PyExc_ValueError, "start, goal, length or distances out of bounds");
        goto done;
    }
    Numbers found = {0};
    walk_begin(&r.w, s, level, effort);
    Py_BEGIN_ALLOW_THREADS
    if (start != goal)
        chains(&r, &found, start, goal, (int)length, near.buf, most);
    Py_END_ALLOW_THREADS
    if (!refused(&r.w)) {
        PyObject *told = as_bytes(&found, 0);
        if (told)
            answer = PyTuple_Pack(2, told, r.w.more ? Py_True : Py_False);
        Py_XDECREF(told);
    }
    free(found.at);
done:
    PyBuffer_Release(&near);
    return answer;
}

static PyMethodDef methods[] = {
    {"reach", graph_reach, METH_VARARGS, reach_doc},
    {"paths", graph_paths, METH_VARARGS, paths_doc},
    {"chains", graph_chains, METH_VARARGS, chains_doc},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot side_slots[] = {
    {Py_tp_new, side_new},
    {Py_tp_dealloc, side_dealloc},
    {Py_tp_doc, "The arrays of a graph in one direction, their sizes checked once, and held."},
    {0, NULL},
};

static PyType_Spec side_spec = {
    .name = "headstamp.tracing._graph.Side",
    .basicsize = sizeof(Side),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = side_slots,
};

static int graph_exec(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&side_spec);
    if (!type)
        return -1;
    ((State *)PyModule_GetState(module))->side = (PyTypeObject *)type;
    const int done = PyModule_AddObjectRef(module, "Side", type);
    return done < 0 ? -1 : PyModule_AddStringConstant(module, "source", HEADSTAMP_SOURCE);
}

static int graph_traverse(PyObject *module, visitproc visit, void *arg)
{
    const State *state = PyModule_GetState(module);
    if (state)
        Py_VISIT(state->side);
    return 0;
}

static int graph_clear(PyObject *module)
{
    State *state = PyModule_GetState(module);
    if (state)
        Py_CLEAR(state->side);
    return 0;
}

static void graph_free(void *module) { graph_clear(module); }

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, graph_exec},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "headstamp.tracing._graph",
    .m_doc = "The compiled walks over the graph of supply; see _graph.c.",
    .m_size = sizeof(State),
    .m_slots = module_slots,
    .m_traverse = graph_traverse,
    .m_clear = graph_clear,
    .m_free = graph_free,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit__graph(void) { return PyModuleDef_Init(&definition); }
