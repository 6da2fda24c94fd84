-- AlterTable
ALTER TABLE "known_addresses" ADD COLUMN     "proven_at" TIMESTAMPTZ(3),
ADD COLUMN     "session_id" UUID;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "address_changes" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "address_changes_since" TIMESTAMPTZ(3),
ADD COLUMN     "ip_since" TIMESTAMPTZ(3),
ADD COLUMN     "review_at" TIMESTAMPTZ(3),
ADD COLUMN     "review_reason" TEXT,
ADD COLUMN     "review_until" TIMESTAMPTZ(3);

-- Few rows: reviews that are open, which the service looks at every two seconds.
CREATE INDEX "sessions_in_review" ON "sessions"("review_until") WHERE "ended_at" IS NULL AND "review_until" IS NOT NULL;

ALTER TABLE "sessions" ADD CONSTRAINT "sessions_review_is_whole" CHECK (num_nulls("review_reason", "review_at", "review_until") IN (0, 3));
