/* Running sums of resampled hours along an order, and what ranks come to.

   rank_sums.py does the same in numpy and says what each array is. Sums run in the order written here, so that both give
   the same bytes. N hours, G distinct values, B resamples; arrays are dense, the last index running fastest. */

#include <math.h>

#include "../base/wide.h"

struct ranked {
    int64_t groups, draws;
    /* [N], [G + 1] */
    const int64_t *order, *first;
    /* [N, B] */
    const double *weights;
    /* [G + 1, B] and [N, B] */
    double *upto, *ranks;
};

struct followed {
    int64_t groups, draws;
    /* [N], [G + 1] */
    const int64_t *order, *first;
    /* [N, B] twice, [N], [B] twice */
    const double *weights, *pulled, *amount, *total, *below;
    /* [B] each */
    double *across, *spread, *hours_before, *hours_upto, *amount_before, *amount_upto, *amount_all;
};

struct correlated {
    int64_t hours, draws;
    /* [N, B] each */
    const double *a, *b, *weights;
    /* [B] each */
    double *across, *spread_a, *spread_b;
};

struct powers {
    int64_t columns, squares, hours, draws;
    /* [C, N, B], [N, B] */
    const double *ranks, *weights;
    /* [C + K, C + K, B], the lower triangle of which is written */
    double *moments;
};

int64_t powers_size(void) { return sizeof(struct powers); }
int64_t followed_size(void) { return sizeof(struct followed); }
int64_t ranked_size(void) { return sizeof(struct ranked); }
int64_t correlated_size(void) { return sizeof(struct correlated); }

/* Write the weight of the first 0, 1, 2 ... distinct values and each hour's centred rank. */
WIDE void rank_sums(const struct ranked *all) {
    int64_t draws = all->draws;
    for (int64_t j = 0; j < draws; j++)
        all->upto[j] = 0.0;
    for (int64_t g = 0; g < all->groups; g++) {
        const double *before = all->upto + g * draws;
        double *upto = all->upto + (g + 1) * draws;
        for (int64_t i = all->first[g]; i < all->first[g + 1]; i++, before = upto) {
            const double *weights = all->weights + all->order[i] * draws;
            for (int64_t j = 0; j < draws; j++)
                upto[j] = before[j] + weights[j];
        }
    }
    const double *total = all->upto + all->groups * draws;
    for (int64_t g = 0; g < all->groups; g++) {
        const double *before = all->upto + g * draws, *upto = before + draws;
        for (int64_t i = all->first[g]; i < all->first[g + 1]; i++) {
            double *ranks = all->ranks + all->order[i] * draws;
            for (int64_t j = 0; j < draws; j++)
                ranks[j] = (upto[j] + before[j] - total[j]) / 2.0;
        }
    }
}

/* Resamples whose sums are kept near at once, and the most columns and squares of them. */
enum { LANES = 16, MOST = 32 };

/* Four resamples at once. More would not leave all that is followed in registers. */
enum { FOUR = 4 };
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));

/* Add the next values, `lanes` of them. */
INLINE void add(four *to, const double *from, int64_t lanes, double times) {
    if (lanes == FOUR)
        *to += *(const four *)from * times;
    else
        for (int64_t j = 0; j < lanes; j++)
            (*to)[j] += from[j] * times;
}

/* Follow the order for up to four resamples from `first` on.

   Running sums never fall, so the last value before which no more than `below` is drawn is the first that exceeds it, or
   the last of all: each resample gets there once, and is then given a limit that is never reached. */
INLINE void follow_some(const struct followed *all, int64_t first, int64_t lanes) {
    four hours = {0.0}, amounts = {0.0}, pulls = {0.0}, across = {0.0}, spread = {0.0}, limit = {0.0}, total = {0.0};
    add(&total, all->total + first, lanes, 1.0);
    for (int64_t j = 0; j < FOUR; j++)
        limit[j] = j < lanes && all->below[first + j] >= 0.0 ? all->below[first + j] : INFINITY;
    for (int64_t g = 0; g < all->groups; g++) {
        four hours_before = hours, amounts_before = amounts, pulls_before = pulls;
        for (int64_t i = all->first[g]; i < all->first[g + 1]; i++) {
            int64_t hour = all->order[i], at = hour * all->draws + first;
            add(&hours, all->weights + at, lanes, 1.0);
            add(&amounts, all->weights + at, lanes, all->amount[hour]);
            add(&pulls, all->pulled + at, lanes, 1.0);
        }
        four rank = (hours + hours_before - total) / 2.0;
        across += rank * (pulls - pulls_before);
        spread += rank * rank * (hours - hours_before);
        __typeof__(hours > limit) exceeds = hours > limit;
        int last = g + 1 == all->groups;
        if (!last && !(exceeds[0] | exceeds[1] | exceeds[2] | exceeds[3]))
            continue;
        for (int64_t j = 0; j < lanes; j++) {
            if (limit[j] == INFINITY || !(last || exceeds[j]))
                continue;
            all->hours_before[first + j] = hours_before[j];
            all->hours_upto[first + j] = hours[j];
            all->amount_before[first + j] = amounts_before[j];
            all->amount_upto[first + j] = amounts[j];
            limit[j] = INFINITY;
        }
    }
    for (int64_t j = 0; j < lanes; j++) {
        all->across[first + j] = across[j];
        all->spread[first + j] = spread[j];
        all->amount_all[first + j] = amounts[j];
    }
}

/* Write what ranks along an order come to against others, and the sums on either side of the last distinct value before
   which no more than `below` is drawn; they are left as they are where there is none. */
WIDE void follow(const struct followed *all) {
    int64_t first = 0;
    for (; first + FOUR <= all->draws; first += FOUR)
        follow_some(all, first, FOUR);
    /* The last four once more, some of which are followed already: they come to the same. */
    if (first < all->draws && all->draws >= FOUR)
        follow_some(all, all->draws - FOUR, FOUR);
    else if (first < all->draws)
        follow_some(all, first, all->draws - first);
}

/* Write the weighted sums of the products and the squares of two columns of centred ranks. */
WIDE void correlate(const struct correlated *all) {
    int64_t draws = all->draws;
    double *across = all->across, *spread_a = all->spread_a, *spread_b = all->spread_b;
    for (int64_t j = 0; j < draws; j++)
        across[j] = spread_a[j] = spread_b[j] = 0.0;
    for (int64_t i = 0; i < all->hours; i++) {
        const double *a = all->a + i * draws, *b = all->b + i * draws, *weights = all->weights + i * draws;
        for (int64_t j = 0; j < draws; j++) {
            double weighted = a[j] * weights[j];
            across[j] += weighted * b[j];
            spread_a[j] += weighted * a[j];
            spread_b[j] += weights[j] * b[j] * b[j];
        }
    }
}

/* Write the weighted sums of the products of each two of some columns and of the squares of the first K, for up to LANES
   resamples from `first` on. */
INLINE void powers_of_some(const struct powers *all, int64_t first, int64_t lanes) {
    int64_t draws = all->draws, columns = all->columns, every = columns + all->squares;
    double sums[MOST * (MOST + 1) / 2][LANES], values[MOST][LANES], weighted[LANES];
    for (int64_t k = 0; k < every * (every + 1) / 2; k++)
        for (int j = 0; j < LANES; j++)
            sums[k][j] = 0.0;
    for (int64_t p = 0; p < every; p++)
        for (int j = 0; j < LANES; j++)
            values[p][j] = 0.0;
    for (int64_t i = 0; i < all->hours; i++) {
        const double *weights = all->weights + i * draws + first;
        for (int64_t p = 0; p < columns; p++)
            for (int64_t j = 0; j < lanes; j++)
                values[p][j] = all->ranks[(p * all->hours + i) * draws + first + j];
        for (int64_t p = 0; p < all->squares; p++)
            for (int j = 0; j < LANES; j++)
                values[columns + p][j] = values[p][j] * values[p][j];
        for (int j = 0; j < LANES; j++)
            weighted[j] = 0.0;
        double(*sum)[LANES] = sums;
        for (int64_t p = 0; p < every; p++) {
            for (int64_t j = 0; j < lanes; j++)
                weighted[j] = weights[j] * values[p][j];
            for (int64_t q = 0; q <= p; q++, sum++)
                for (int j = 0; j < LANES; j++)
                    (*sum)[j] += weighted[j] * values[q][j];
        }
    }
    double(*sum)[LANES] = sums;
    for (int64_t p = 0; p < every; p++)
        for (int64_t q = 0; q <= p; q++, sum++)
            for (int64_t j = 0; j < lanes; j++)
                all->moments[(p * every + q) * draws + first + j] = (*sum)[j];
}

/* The same for all resamples; nothing where there are too many columns. */
WIDE void power_moments(const struct powers *all) {
    if (all->columns + all->squares > MOST)
        return;
    int64_t first = 0;
    for (; first + LANES <= all->draws; first += LANES)
        powers_of_some(all, first, LANES);
    if (first < all->draws)
        powers_of_some(all, first, all->draws - first);
}
