/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unit tests that print KTAP. Tests register themselves before main(), run in
 * the order of the file, and go on after a failed expectation, so that one run
 * shows all that is wrong.
 *
 *	TEST(adds)
 *	{
 *		EXPECT_EQ(1 + 1, 2);
 *	}
 *
 *	KTAP_MAIN()
 */
#ifndef NAT64_SELFTEST_KTAP_H
#define NAT64_SELFTEST_KTAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct ktap_test {
	const char *name;
	void (*run)(void);
	struct ktap_test *next;
};

static struct ktap_test *ktap_first;
static struct ktap_test **ktap_last = &ktap_first;
static bool ktap_failed;

/* Anonymous initialisers run in the order in which they stand in the file. */
#define TEST(id)							\
	static void ktap_run_##id(void);				\
	static struct ktap_test ktap_test_##id = {			\
		.name = #id, .run = ktap_run_##id,			\
	};								\
	__attribute__((constructor)) static void ktap_add_##id(void)	\
	{								\
		*ktap_last = &ktap_test_##id;				\
		ktap_last = &ktap_test_##id.next;			\
	}								\
	static void ktap_run_##id(void)

#define EXPECT(cond)							\
	do {								\
		if (!(cond)) {						\
			ktap_failed = true;				\
			printf("# %s:%d: expected %s\n", __FILE__,	\
			       __LINE__, #cond);			\
		}							\
	} while (0)

#define EXPECT_EQ(a, b)							\
	do {								\
		long long ktap_a = (long long)(a);			\
		long long ktap_b = (long long)(b);			\
									\
		if (ktap_a != ktap_b) {					\
			ktap_failed = true;				\
			printf("# %s:%d: %s is %lld (%#llx), expected %s = %lld (%#llx)\n", \
			       __FILE__, __LINE__, #a, ktap_a,		\
			       (unsigned long long)ktap_a, #b, ktap_b,	\
			       (unsigned long long)ktap_b);		\
		}							\
	} while (0)

#define EXPECT_STR(a, b)						\
	do {								\
		const char *ktap_a = (a);				\
		const char *ktap_b = (b);				\
									\
		if (!ktap_a || !ktap_b || strcmp(ktap_a, ktap_b)) {	\
			ktap_failed = true;				\
			printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", \
			       __FILE__, __LINE__, #a,			\
			       ktap_a ? ktap_a : "(null)",		\
			       ktap_b ? ktap_b : "(null)");		\
		}							\
	} while (0)

static inline void ktap_dump(const char *what, const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t i;

	printf("#   %s:", what);
	for (i = 0; i < len; i++)
		printf("%s%02x", i % 4 ? "" : " ", p[i]);
	putchar('\n');
}

#define EXPECT_MEM(a, b, len)						\
	do {								\
		const void *ktap_a = (a);				\
		const void *ktap_b = (b);				\
		size_t ktap_len = (len);				\
									\
		if (memcmp(ktap_a, ktap_b, ktap_len)) {			\
			ktap_failed = true;				\
			printf("# %s:%d: %s differs from %s\n",		\
			       __FILE__, __LINE__, #a, #b);		\
			ktap_dump("is      ", ktap_a, ktap_len);	\
			ktap_dump("expected", ktap_b, ktap_len);	\
		}							\
	} while (0)

static inline int ktap_main(void)
{
	unsigned int n = 0, failed = 0;
	struct ktap_test *t;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (t = ktap_first; t; t = t->next)
		n++;
	printf("TAP version 13\n1..%u\n", n);

	n = 0;
	for (t = ktap_first; t; t = t->next) {
		ktap_failed = false;
		t->run();
		failed += ktap_failed;
		printf("%sok %u %s\n", ktap_failed ? "not " : "", ++n, t->name);
	}
	return failed ? 1 : 0;
}

#define KTAP_MAIN()							\
	int main(void)							\
	{								\
		return ktap_main();					\
	}

#endif /* NAT64_SELFTEST_KTAP_H */
