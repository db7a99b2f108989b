dist_man_MANS += man/stemma.1 man/stemma-cache.5 man/stemma-config.5 man/stemma-engine.7 man/stemma-formats.7
