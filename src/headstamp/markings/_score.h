/* What a marking costs under the noisy channel of a reading: part of _core.c, free of Python. */
#ifndef HEADSTAMP_SCORE_H
#define HEADSTAMP_SCORE_H
#include "_kernels.h"

enum { MOST_COST = 1 << 20 }; /* of one event, either way */

/* The noisy channel of a reading, all in 1/100 nat (headstamp/markings/channel.py). */
typedef struct {
    int places;
    uint64_t runs;
    const int32_t *seen;       /* [places][256]: seeing this place where the code stands */
    const int32_t *drop;       /* [256]: the code not seen at all */
    const int32_t *add;        /* [places]: this place seen where nothing stands */
    const int32_t *cut;        /* [PLACES + 1]: so many characters missing at an end */
    const int32_t *extra;      /* [PLACES + 1]: so many seen beyond an end */
    int32_t swap, run, stored; /* two places swapped; a place of a run; against a stored run */
} Costs;

static int32_t cost_of(const Costs *c, const uint8_t *marking, int n)
{
    int32_t rows[3][PLACES + 1];
    int32_t *above2 = rows[0], *above = rows[1], *row = rows[2];
    const int m = c->places;
    int32_t best = FAR;
    above[0] = c->cut[0];
    for (int j = 1; j <= n; j++) {
        const uint8_t t = marking[j - 1];
        int32_t value = above[j - 1] + (t == RUN_CODE ? 0 : c->runs & 1 ? c->run : c->drop[t]);
        above[j] = value < c->cut[j] ? value : c->cut[j];
    }
    if (m == 0)
        return above[n] + c->cut[0];
    for (int j = 0; j <= n; j++)
        above2[j] = FAR;
    if (above[n] + c->extra[m] < best)
        best = above[n] + c->extra[m];
    int32_t added = 0;
    for (int i = 1; i <= m; i++) {
        const int32_t *seen = c->seen + (size_t)(i - 1) * CODES;
        const int32_t *seen_before = seen - CODES;
        const int32_t add = c->add[i - 1];
        const int run = (int)(c->runs >> i & 1);
        added += add;
        row[0] = added + c->cut[0] < c->extra[i] ? added + c->cut[0] : c->extra[i];
        for (int j = 1; j <= n; j++) {
            const uint8_t t = marking[j - 1];
            int32_t value, other;
            if (t == RUN_CODE) {
                value = row[j - 1];
                other = above[j] + c->stored;
                row[j] = other < value ? other : value;
                continue;
            }
            value = above[j - 1] + seen[t];
            other = row[j - 1] + (run ? c->run : c->drop[t]);
            if (other < value)
                value = other;
            other = above[j] + add;
            if (other < value)
                value = other;
            if (i > 1 && j > 1 && marking[j - 2] != RUN_CODE) {
                other = above2[j - 2] + c->swap + seen_before[t] + seen[marking[j - 2]];
                if (other < value)
                    value = other;
            }
            row[j] = value;
        }
        if (i < m && row[n] + c->extra[m - i] < best)
            best = row[n] + c->extra[m - i];
        int32_t *spare = above2;
        above2 = above;
        above = row;
        row = spare;
    }
    for (int j = 0; j <= n; j++)
        if (above[j] + c->cut[n - j] < best)
            best = above[j] + c->cut[n - j];
    return best;
}

#endif
