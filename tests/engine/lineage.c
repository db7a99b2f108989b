/* The lineage graph: order, cycles, weights, path shares. */
#include "test.h"

#include <math.h>

#include "stemma/base/memory.h"
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

/* Arrays of a graph, copied as they would come from a file. */
static struct lineage_parts copy_parts(const struct lineage *lineage)
{
	struct lineage_parts parts;
	uint32_t *start, *order;
	struct lineage_parent *parents;
	struct lineage_cut *cuts;

	lineage_parts(lineage, &parts);
	start = memory_allocate(parts.nodes + 1, sizeof *start);
	memcpy(start, parts.parent_start, (parts.nodes + 1) * sizeof *start);
	order = memory_allocate(parts.nodes, sizeof *order);
	memcpy(order, parts.order, parts.nodes * sizeof *order);
	parents = memory_allocate(parts.edges, sizeof *parents);
	memcpy(parents, parts.parents, parts.edges * sizeof *parents);
	cuts = memory_zero(parts.cut_count, sizeof *cuts);
	if (parts.cut_count > 0)
		memcpy(cuts, parts.cuts, parts.cut_count * sizeof *cuts);
	parts.parent_start = start, parts.order = order, parts.parents = parents, parts.cuts = cuts;
	return parts;
}

static struct lineage *draw_graph(size_t nodes)
{
	struct lineage *lineage = lineage_new(nodes);

	for (size_t i = 0; i < 3 * nodes; i++)
		lineage_add(lineage, draw((unsigned int)nodes), draw((unsigned int)nodes), RELATION_MERGE,
			    i % 3 ? 0.25 : (double)NAN, i % 2 ? TRUST_DECLARED : TRUST_INFERRED);
	lineage_finish(lineage);
	return lineage;
}

static void a_restored_graph_is_the_same(void **state)
{
	(void)state;
	for (size_t nodes = 1; nodes < 40; nodes++) {
		struct lineage *lineage = draw_graph(nodes);
		struct lineage_parts parts = copy_parts(lineage);
		struct lineage *again = lineage_restore(&parts);
		struct lineage_walk *walk = lineage_walk_new(lineage), *walk_again = lineage_walk_new(again);
		assert_int_equal(lineage_edges(again), lineage_edges(lineage));
		for (size_t node = 0; node < nodes; node++) {
			size_t count, count_again;
			const uint32_t *children = lineage_children(lineage, node, &count);
			const uint32_t *children_again = lineage_children(again, node, &count_again);
			assert_int_equal(count, count_again);
			assert_memory_equal(children, children_again, count * sizeof *children);
			const struct lineage_share *path = lineage_ancestors(walk, node, &count);
			const struct lineage_share *path_again = lineage_ancestors(walk_again, node, &count_again);
			assert_int_equal(count, count_again);
			for (size_t i = 0; i < count; i++) {
				assert_int_equal(path[i].node, path_again[i].node);
				near(path[i].share, path_again[i].share);
			}
		}
		lineage_walk_free(walk);
		lineage_walk_free(walk_again);
		lineage_free(again);
		lineage_free(lineage);
	}
}

/* Each of these would lead astray. */
static void what_is_no_graph_is_not_restored(void **state)
{
	(void)state;
	enum { FAULTS = 9, NODES = 20 };
	struct lineage *lineage = draw_graph(NODES);

	for (int fault = 0; fault < FAULTS; fault++) {
		struct lineage_parts parts = copy_parts(lineage);
		struct lineage_parent *parents = (struct lineage_parent *)parts.parents;
		uint32_t *start = (uint32_t *)parts.parent_start, *order = (uint32_t *)parts.order;
		struct lineage_cut *cuts = (struct lineage_cut *)parts.cuts;
		assert_true(parts.edges > 2 && parts.cut_count > 0);
		switch (fault) {
		case 0: parents[1].node = NODES; break;
		case 1: parents[1].weight = NAN; break;
		case 2: parents[1].weight = 2; break;
		case 3: parents[1].relation = RELATION_COUNT; break;
		case 4: start[NODES]++; break;
		case 5: start[NODES / 2] = (uint32_t)parts.edges + 1; break;
		case 6: order[1] = order[0]; break;
		case 7: order[0] = NODES; break;
		default: cuts[0].parent = NODES; break;
		}
		assert_null(lineage_restore(&parts));
	}
	/* An order of children before parents. */
	struct lineage_parts parts = copy_parts(lineage);
	uint32_t *order = (uint32_t *)parts.order;
	for (size_t i = 0; i < NODES / 2; i++) {
		uint32_t node = order[i];
		order[i] = order[NODES - 1 - i];
		order[NODES - 1 - i] = node;
	}
	assert_null(lineage_restore(&parts));
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
		cmocka_unit_test(a_restored_graph_is_the_same),
		cmocka_unit_test(what_is_no_graph_is_not_restored),
	};
	return cmocka_run_group_tests_name("lineage", tests, NULL, NULL);
}
