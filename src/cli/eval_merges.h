/* Eval: the protocol that judges suggestions by merges that were made. */
#ifndef STEMMA_CLI_EVAL_MERGES_H
#define STEMMA_CLI_EVAL_MERGES_H

#include "cli.h"

enum status eval_merges(struct cli *cli, const struct session *session, uint64_t seed,
			struct report *report, struct error *error);

#endif
