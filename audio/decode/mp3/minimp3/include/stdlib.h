/* minimp3.h includes it and uses nothing of it. */
