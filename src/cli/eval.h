/* Eval: what the files of stemma eval share. */
#ifndef STEMMA_CLI_EVAL_H
#define STEMMA_CLI_EVAL_H

#include "command.h"
#include "stemma/app/session.h"

/* Prints how far merges lie from the weighted mean of their parents. */
enum status eval_drift(struct cli *cli, struct session *session, uint64_t seed, struct error *error);

#endif
