// SPDX-License-Identifier: GPL-2.0
/* JSON where no table fits. */
#include "ctl.h"

/**
 * ctl_json_string() - write a string of JSON, quotes included
 * @to: where to
 * @s: the text
 */
void ctl_json_string(FILE *to, const char *s)
{
	fputc('"', to);
	for (; *s; s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20)
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}
