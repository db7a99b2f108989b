/* Yaml writer: block style YAML through libyaml, into memory.  Private. */
#ifndef STEMMA_FORMATS_YAML_WRITER_H
#define STEMMA_FORMATS_YAML_WRITER_H

#include <stdbool.h>

#include <yaml.h>

#include "stemma/base/text.h"

/* One document: begin, one node, end.  `out` gets the text as it comes. */
void yaml_writer_begin(yaml_emitter_t *emitter, struct text *out);
void yaml_writer_end(yaml_emitter_t *emitter);

void yaml_writer_mapping(yaml_emitter_t *emitter);
void yaml_writer_mapping_end(yaml_emitter_t *emitter);
void yaml_writer_sequence(yaml_emitter_t *emitter);
void yaml_writer_sequence_end(yaml_emitter_t *emitter);

/* Scalars: a text that stays a text for YAML 1.1 readers, and the shortest
 * decimal that reads back as the same number. */
void yaml_writer_text(yaml_emitter_t *emitter, const char *text);
void yaml_writer_number(yaml_emitter_t *emitter, double number);
void yaml_writer_pair(yaml_emitter_t *emitter, const char *key, const char *value);

#endif
