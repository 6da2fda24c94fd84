-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "device_id" TEXT,
    "device_confirmed" BOOLEAN NOT NULL DEFAULT false,
    "fingerprint" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "original_ip" TEXT,
    "ip_address" TEXT,
    "remember_me" BOOLEAN NOT NULL,
    "ttl_seconds" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "renewed_at" TIMESTAMPTZ(3),
    "last_accessed_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "terminations" (
    "session_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "original_ip" TEXT,
    "new_ip" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "terminations_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "known_addresses" (
    "user_id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_addresses_pkey" PRIMARY KEY ("user_id","address")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_error" TEXT,
    "relayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "terminations_at_session_id_idx" ON "terminations"("at", "session_id");

-- CreateIndex
CREATE INDEX "known_addresses_last_seen_at_idx" ON "known_addresses"("last_seen_at");

-- What Prisma's schema language can't say.

-- Last-seen stamps touch no index; room in each page keeps them heap-only.
ALTER TABLE "sessions" SET (fillfactor = 80);

ALTER TABLE "sessions" ADD CONSTRAINT "sessions_end_has_reason" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL));

CREATE INDEX "sessions_live_of_user" ON "sessions"("user_id") WHERE "ended_at" IS NULL;

-- One live session per device of a user, whatever else goes wrong.
CREATE UNIQUE INDEX "sessions_live_of_device" ON "sessions"("user_id", "device_id") WHERE "ended_at" IS NULL;

CREATE INDEX "sessions_due" ON "sessions"("due_at") WHERE "ended_at" IS NULL;

CREATE INDEX "sessions_ended" ON "sessions"("ended_at", "id") WHERE "ended_at" IS NOT NULL;

CREATE INDEX "outbox_unrelayed" ON "outbox"("next_attempt_at") WHERE "relayed_at" IS NULL;

CREATE INDEX "outbox_relayed" ON "outbox"("relayed_at") WHERE "relayed_at" IS NOT NULL;
