/* Where the positions opened in each bar would be liquidated, and the tables that deposits are read from.

   deposit_loop.py does the same in numpy and says what each array is. Sums run in the order written here, so that both
   give the same bytes.

   T bars, P curves, N points of a distance curve; arrays are dense, the last index running fastest. */

#include <stdint.h>

struct curve {
    int64_t points;
    /* [N] each */
    const double *u, *mass, *area, *half_slope;
};

struct laid {
    int64_t bars, curves;
    double cell, least_standing;
    /* [P] */
    const struct curve *curve;
    /* [T] each: edges of the entries and the first edge after the close, in cells, and the close */
    const int64_t *near, *far, *gap_edge;
    const double *cut;
    /* [P, T] each */
    double *density, *at_close;
};

struct tabled {
    int64_t before, after, phases;
    double cell;
    const struct curve *curve;
    /* [phases, before + after - 1] */
    double *within;
};

int64_t curve_size(void) { return sizeof(struct curve); }
int64_t laid_size(void) { return sizeof(struct laid); }
int64_t tabled_size(void) { return sizeof(struct tabled); }

static double larger(double a, double b) { return a > b ? a : b; }

/* Return the integral of the curve up to u, which lies after its point number k and not after the next. */
static double integral_after(const struct curve *curve, int64_t k, double u) {
    double rest = larger(u - curve->u[k], 0.0);
    return curve->area[k] + rest * (curve->mass[k] + curve->half_slope[k] * rest);
}

/* Return the integral of the curve up to u. */
static double integral(const struct curve *curve, double u) {
    if (u < curve->u[0])
        return integral_after(curve, 0, u);
    int64_t low = 0, high = curve->points;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (curve->u[middle] <= u)
            low = middle;
        else
            high = middle;
    }
    return integral_after(curve, low, u);
}

/* Write of each bar the density of entries that leave one coin standing by a curve, and what of it lies between the close
   and the next edge. */
static void lay_by(const struct curve *curve, const struct laid *all, double *restrict density_by, double *restrict close_by) {
    double cell = all->cell;
    for (int64_t t = 0; t < all->bars; t++) {
        int64_t near = all->near[t], far = all->far[t], edge = all->gap_edge[t];
        double width = (double)(far - near) * cell;
        double gone = integral(curve, all->cut[t] - (double)near * cell) - integral(curve, all->cut[t] - (double)far * cell);
        double standing = width - gone;
        double density = standing > all->least_standing * width ? 1.0 / standing : 0.0;
        double by_edge = integral(curve, (double)(edge - near) * cell) - integral(curve, (double)(edge - far) * cell);
        density_by[t] = density;
        close_by[t] = larger(density * (by_edge - gone), 0.0);
    }
}

/* Do so by each curve. */
void lay(const struct laid *all) {
    for (int64_t p = 0; p < all->curves; p++)
        lay_by(all->curve + p, all, all->density + p * all->bars, all->at_close + p * all->bars);
}

/* Write the integral of the curve over one step from whole edges on, less each phase. */
void fill_table(const struct tabled *all) {
    const struct curve *curve = all->curve;
    int64_t phases = all->phases, slots = all->before + all->after - 1, k = 0;
    for (int64_t n = -1; n < slots; n++)
        for (int64_t phase = phases - 1; phase >= 0; phase--) {
            double u = all->cell * (double)((n + 1 - all->before) * phases - phase);
            while (k + 1 < curve->points && curve->u[k + 1] <= u)
                k++;
            double up_to = integral_after(curve, k, u), *row = all->within + phase * slots;
            if (n >= 0)
                row[n] = up_to - row[n];
            if (n + 1 < slots)
                row[n + 1] = up_to;
        }
}
