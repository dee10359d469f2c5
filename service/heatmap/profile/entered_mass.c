/* How much of what bars entered lies between prices, for each of several distances to liquidation.

   entered_mass.py does the same in numpy and says what each array is. Sums run in the order written here, so that both
   give the same bytes.

   L limits, N bars, B borders, E edges, D cells that the entries of one limit span at most, and one; arrays are dense,
   the last index running fastest. */

#include <stdint.h>

struct entered {
    int64_t limits, borders, edges, cells;
    /* [L], [L + 1], [N] and [L] */
    const double *limit;
    const int64_t *first_bar, *bar, *first_edge;
    /* those of the market's bars, and [B] and [E] */
    const int64_t *near, *far;
    const double *density;
    const double *border, *edge;
    /* [B, E - 1] */
    double *mass;
    /* room to work in: [E], [D], [D], [D] */
    double *place, *begun, *ended, *twice;
};

int64_t entered_size(void) { return sizeof(struct entered); }

static double larger(double a, double b) { return a > b ? a : b; }

/* The entries of one limit: where they begin, how many cells they span, and how much was entered. */
struct span {
    int64_t origin, cells;
    double total;
};

/* Write the twofold running sum of what the bars of one limit entered in each cell. */
static struct span run_up(const struct entered *all, int64_t limit) {
    const int64_t *bar = all->bar + all->first_bar[limit], *end = all->bar + all->first_bar[limit + 1];
    int64_t origin = all->near[*bar], last = all->far[*bar];
    for (const int64_t *t = bar; t < end; t++) {
        origin = all->near[*t] < origin ? all->near[*t] : origin;
        last = all->far[*t] > last ? all->far[*t] : last;
    }
    int64_t cells = last - origin;
    double *begun = all->begun, *ended = all->ended, *twice = all->twice;
    for (int64_t n = 0; n <= cells; n++)
        begun[n] = ended[n] = 0.0;
    for (; bar < end; bar++) {
        begun[all->near[*bar] - origin] += all->density[*bar];
        ended[all->far[*bar] - origin] += all->density[*bar];
    }
    double inside = 0.0, entered = 0.0, sum = 0.0;
    twice[0] = 0.0;
    for (int64_t n = 0; n < cells; n++) {
        inside += begun[n] - ended[n];
        double next = entered + larger(inside, 0.0);
        sum += 0.5 * (next + entered);
        twice[n + 1] = sum;
        entered = next;
    }
    return (struct span){origin, cells, entered};
}

/* Return the twofold sum up to a place that is not beyond the last cell, or what it goes on to be there. */
static double up_to(const double *twice, struct span span, double place) {
    if (place <= 0.0)
        return 0.0;
    if (place >= (double)span.cells)
        return twice[span.cells] + (place - (double)span.cells) * span.total;
    int64_t n = (int64_t)place;
    return twice[n] + (place - (double)n) * (twice[n + 1] - twice[n]);
}

/* Add to each border's masses what the bars of each limit entered. */
void entered_mass(const struct entered *all) {
    int64_t edges = all->edges;
    double *place = all->place;
    for (int64_t limit = 0; limit < all->limits; limit++) {
        struct span span = run_up(all, limit);
        int64_t first = all->first_edge[limit];
        for (int64_t e = first; e < edges; e++)
            place[e] = larger(all->edge[e], all->limit[limit]) - (double)span.origin;
        for (int64_t b = 0; b < all->borders; b++) {
            double border = all->border[b], *mass = all->mass + b * (edges - 1);
            /* borders rise, so what lies before the entries for one does for all after it */
            while (first + 1 < edges && place[first + 1] - border <= 0.0)
                first++;
            int64_t e = first;
            double before = up_to(all->twice, span, place[e] - border);
            for (; e + 1 < edges && place[e] - border < (double)span.cells; e++) {
                double after = up_to(all->twice, span, place[e + 1] - border);
                mass[e] += after - before;
                before = after;
            }
            for (; e + 1 < edges; e++)
                mass[e] += (place[e + 1] - place[e]) * span.total;
        }
    }
}
