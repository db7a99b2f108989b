/* Licences: what their names say about what may be combined.  A hint from names on
 * the Hub, no legal advice: what is not known here restricts nothing. */
#ifndef STEMMA_APP_LICENCES_H
#define STEMMA_APP_LICENCES_H

enum licence_class {
	LICENCE_UNKNOWN,
	LICENCE_PERMISSIVE,    /* apache-2.0, mit … */
	LICENCE_SHARE_ALIKE,   /* what is made of it keeps the licence, without more limits */
	LICENCE_NONCOMMERCIAL,
	LICENCE_OWN_TERMS      /* of one maker: llama3, gemma …; or no derivatives: cc-by-nd */
};

/* Sets of classes: bit 1 << class. */
#define LICENCE_BIT(symbol) (1u << LICENCE_##symbol)

/* The class of a licence as the Hub spells it; NULL is unknown. */
enum licence_class licence_class(const char *licence);
/* The classes that conflict with one of a set: what shares alike allows no
 * further limits. */
unsigned licence_conflicts(unsigned classes);

#endif
