// SPDX-License-Identifier: GPL-2.0
/* The bounded table and the token buckets: daemons/common. */
#include "ktap.h"

#include "common/bucket.h"
#include "common/keytab.h"

static unsigned int evicted_sum;

static void evict(void *ctx, void *value)
{
	(void)ctx;
	evicted_sum += *(unsigned int *)value;
}

TEST(finds_what_it_holds)
{
	struct keytab *t = keytab_new(sizeof(int), 100, NULL, NULL);
	bool made;
	int *v;
	int i;

	for (i = 0; i < 100; i++) {
		v = keytab_get(t, &i, sizeof(i), &made);
		EXPECT(made && *v == 0);
		*v = i;
	}
	for (i = 0; i < 100; i++) {
		v = keytab_get(t, &i, sizeof(i), &made);
		EXPECT(!made && *v == i);
	}
	/* Keys of another length are other keys. */
	i = 0;
	keytab_get(t, &i, 1, &made);
	EXPECT(made);
	keytab_get(t, &i, 0, &made);
	EXPECT(made);
	EXPECT_EQ(keytab_count(t), 100);
	EXPECT_EQ(keytab_evicted(t), 2);
	keytab_free(t);
}

TEST(makes_room_by_age_of_use)
{
	struct keytab *t = keytab_new(sizeof(unsigned int), 3, evict, NULL);
	unsigned int *v = NULL;
	unsigned int seen = 0;
	bool made;
	char k;

	for (k = 1; k <= 3; k++) {
		v = keytab_get(t, &k, 1, &made);
		*v = (unsigned int)k;
	}
	k = 1;
	keytab_get(t, &k, 1, &made);
	k = 4;
	v = keytab_get(t, &k, 1, &made);
	*v = 4;
	EXPECT_EQ(evicted_sum, 2);
	v = NULL;
	while ((v = keytab_next(t, v)))
		seen = seen * 10 + *v;
	EXPECT_EQ(seen, 413);
	keytab_free(t);
}

TEST(finds_and_removes)
{
	struct keytab *t = keytab_new(sizeof(int), 8, NULL, NULL);
	size_t len;
	bool made;
	int *v;

	EXPECT(!keytab_find(t, "ab", 2));
	v = keytab_get(t, "ab", 2, &made);
	*v = 7;
	v = keytab_find(t, "ab", 2);
	EXPECT(v && *v == 7);
	EXPECT(!memcmp(keytab_key(v, &len), "ab", 2) && len == 2);
	keytab_del(t, "a", 1);
	EXPECT_EQ(keytab_count(t), 1);
	keytab_del(t, "ab", 2);
	EXPECT_EQ(keytab_count(t), 0);
	EXPECT(!keytab_find(t, "ab", 2) && !keytab_next(t, NULL));
	keytab_free(t);
}

TEST(buckets_fill_with_time)
{
	struct bucket b;
	unsigned int i;

	bucket_init(&b, 3, 1000);
	for (i = 0; i < 3; i++)
		EXPECT(bucket_take(&b, 3, 2, 1000));
	EXPECT(!bucket_take(&b, 3, 2, 1000));
	EXPECT(!bucket_take(&b, 3, 2, 1499));
	EXPECT(bucket_take(&b, 3, 2, 1500));
	EXPECT(!bucket_take(&b, 3, 2, 1500));
	for (i = 0; i < 3; i++)
		EXPECT(bucket_take(&b, 3, 2, 4400));
	EXPECT(!bucket_take(&b, 3, 2, 4400));
	/* A long rest fills it, and no more than that. */
	for (i = 0; i < 3; i++)
		EXPECT(bucket_take(&b, 3, 2, UINT64_MAX - 1));
	EXPECT(!bucket_take(&b, 3, 2, UINT64_MAX - 1));
}

KTAP_MAIN()
