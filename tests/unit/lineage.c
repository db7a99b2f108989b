/* The lineage graph: order, cycles, weights, path shares. */
#include "test.h"

#include <math.h>

#include "stemma/engine/lineage.h"

static uint64_t seed = 7;

static unsigned int draw(unsigned int limit)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(seed >> 33) % limit;
}

static void near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-6);
}

/* Mrode, Linear Models for the Prediction of Animal Breeding Values, example
 * 2.1 (after Henderson 1976): the published numerator relationships of six
 * animals.  Node 6 stands for the unknown dam of animal 4. */
static void published_pedigree(void **state)
{
	(void)state;
	static const double published[6][6] = {
		{1.00, 0.00, 0.50, 0.50, 0.50, 0.25},
		{0.00, 1.00, 0.50, 0.00, 0.25, 0.625},
		{0.50, 0.50, 1.00, 0.25, 0.625, 0.5625},
		{0.50, 0.00, 0.25, 1.00, 0.625, 0.3125},
		{0.50, 0.25, 0.625, 0.625, 1.125, 0.6875},
		{0.25, 0.625, 0.5625, 0.3125, 0.6875, 1.125},
	};
	/* Mendelian variances: 1/2 - (F_sire + F_dam) / 4; F of animal 5 is 1/8. */
	static const double innovation[7] = {1, 1, 0.5, 0.5, 0.5, 0.46875, 1};
	static const int edges[][2] = {{2, 0}, {2, 1}, {3, 0}, {3, 6}, {4, 3}, {4, 2}, {5, 4}, {5, 1}};
	struct lineage *lineage = lineage_new(7);
	double share[7][7] = {{0}};

	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
		lineage_add(lineage, (size_t)edges[i][0], (size_t)edges[i][1], RELATION_MERGE, NAN,
			    TRUST_DECLARED);
	lineage_finish(lineage);
	struct lineage_walk *walk = lineage_walk_new(lineage);
	for (size_t node = 0; node < 7; node++) {
		size_t count;
		const struct lineage_share *path = lineage_ancestors(walk, node, &count);
		assert_int_equal(path[count - 1].node, node);
		for (size_t i = 0; i < count; i++)
			share[node][path[i].node] = path[i].share;
	}
	for (size_t u = 0; u < 6; u++)
		for (size_t v = 0; v < 6; v++) {
			double sum = 0;
			for (size_t a = 0; a < 7; a++)
				sum += share[u][a] * share[v][a] * innovation[a];
			near(sum, published[u][v]);
		}
	lineage_walk_free(walk);
	lineage_free(lineage);
}

static void weights_sum_to_one(void **state)
{
	(void)state;
	struct lineage *lineage = lineage_new(12);
	size_t count;

	lineage_add(lineage, 3, 0, RELATION_MERGE, 3, TRUST_CONFIGURATION);
	lineage_add(lineage, 3, 1, RELATION_MERGE, 1, TRUST_CONFIGURATION);
	lineage_add(lineage, 3, 2, RELATION_MERGE, 0, TRUST_CONFIGURATION);
	lineage_add(lineage, 4, 0, RELATION_MERGE, 0.4, TRUST_CONFIGURATION);
	lineage_add(lineage, 4, 1, RELATION_MERGE, NAN, TRUST_DECLARED);
	lineage_add(lineage, 4, 2, RELATION_MERGE, NAN, TRUST_DECLARED);
	lineage_add(lineage, 5, 0, RELATION_MERGE, 0, TRUST_CONFIGURATION);
	lineage_add(lineage, 5, 1, RELATION_MERGE, 0, TRUST_CONFIGURATION);
	lineage_add(lineage, 6, 0, RELATION_FINETUNE, NAN, TRUST_LISTED);
	lineage_add(lineage, 6, 0, RELATION_ADAPTER, NAN, TRUST_DECLARED);
	lineage_add(lineage, 7, 7, RELATION_FINETUNE, NAN, TRUST_DECLARED);
	lineage_finish(lineage);

	const struct lineage_parent *parents = lineage_parents(lineage, 3, &count);
	assert_int_equal(count, 3);
	near((double)parents[0].weight, 0.75);
	near((double)parents[1].weight, 0.25);
	near((double)parents[2].weight, 0);
	parents = lineage_parents(lineage, 4, &count);
	near((double)parents[0].weight, 0.4);
	near((double)parents[1].weight, 0.3);
	assert_true(parents[0].known_weight && !parents[1].known_weight);
	parents = lineage_parents(lineage, 5, &count);
	near((double)parents[0].weight, 0.5);
	parents = lineage_parents(lineage, 6, &count);
	assert_int_equal(count, 1);
	assert_int_equal(parents[0].relation, RELATION_ADAPTER);
	lineage_parents(lineage, 7, &count);
	assert_int_equal(count, 0);
	lineage_free(lineage);
}

static void weakest_edge_of_a_cycle_goes(void **state)
{
	(void)state;
	struct lineage *lineage = lineage_new(4);
	size_t count;

	lineage_add(lineage, 1, 0, RELATION_FINETUNE, NAN, TRUST_DECLARED);
	lineage_add(lineage, 2, 1, RELATION_FINETUNE, NAN, TRUST_LISTED);
	lineage_add(lineage, 0, 2, RELATION_FINETUNE, NAN, TRUST_DECLARED);
	lineage_add(lineage, 3, 2, RELATION_FINETUNE, NAN, TRUST_ROOT);
	lineage_finish(lineage);
	const struct lineage_cut *cuts = lineage_cuts(lineage, &count);
	assert_int_equal(count, 1);
	assert_int_equal(cuts[0].child, 2);
	assert_int_equal(cuts[0].parent, 1);
	lineage_free(lineage);
}

/* Whatever goes in, what comes out is ordered and every child's weights sum to
 * 1; path shares agree with solving (I - W) t = e by substitution. */
static void random_graphs(void **state)
{
	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t nodes = 2 + draw(30), count;
		struct lineage *lineage = lineage_new(nodes);
		for (unsigned int i = draw(80); i > 0; i--)
			lineage_add(lineage, draw((unsigned int)nodes), draw((unsigned int)nodes),
				    RELATION_MERGE, draw(3) ? NAN : draw(5) / 4.0,
				    draw(2) ? TRUST_DECLARED : TRUST_ROOT);
		lineage_finish(lineage);
		double *share = calloc(nodes * nodes, sizeof *share);
		size_t place[32];
		for (size_t i = 0; i < nodes; i++)
			place[lineage_order(lineage)[i]] = i;
		for (size_t i = 0; i < nodes; i++) {
			size_t node = lineage_order(lineage)[i];
			double sum = 0;
			const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
			share[node * nodes + node] = 1;
			for (size_t p = 0; p < count; p++) {
				assert_true(place[parents[p].node] < i);
				sum += (double)parents[p].weight;
				for (size_t a = 0; a < nodes; a++)
					share[node * nodes + a] += (double)parents[p].weight *
								   share[parents[p].node * nodes + a];
			}
			assert_true(count == 0 || fabs(sum - 1) < 1e-5);
		}
		struct lineage_walk *walk = lineage_walk_new(lineage);
		for (size_t node = 0; node < nodes; node++) {
			double total = 0;
			const struct lineage_share *path = lineage_ancestors(walk, node, &count);
			for (size_t i = 0; i < count; i++) {
				near(path[i].share, share[node * nodes + path[i].node]);
				total += path[i].share;
			}
			for (size_t a = 0; a < nodes; a++)
				total -= share[node * nodes + a];
			near(total, 0);
		}
		lineage_walk_free(walk);
		free(share);
		lineage_free(lineage);
	}
}

static void long_chain(void **state)
{
	(void)state;
	enum { LENGTH = 300000 };
	struct lineage *lineage = lineage_new(LENGTH);
	size_t count;

	for (size_t i = 0; i + 1 < LENGTH; i++)
		lineage_add(lineage, i, i + 1, RELATION_FINETUNE, NAN, TRUST_DECLARED);
	lineage_add(lineage, LENGTH - 1, 0, RELATION_FINETUNE, NAN, TRUST_ROOT);
	lineage_finish(lineage);
	lineage_cuts(lineage, &count);
	assert_int_equal(count, 1);
	assert_int_equal(lineage_order(lineage)[0], LENGTH - 1);
	lineage_children(lineage, 5, &count);
	assert_int_equal(count, 1);
	lineage_free(lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_pedigree),
		cmocka_unit_test(weights_sum_to_one),
		cmocka_unit_test(weakest_edge_of_a_cycle_goes),
		cmocka_unit_test(random_graphs),
		cmocka_unit_test(long_chain),
	};
	return cmocka_run_group_tests_name("lineage", tests, NULL, NULL);
}
