-- AlterTable
ALTER TABLE "password_credentials" ADD COLUMN     "reset_required_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "not_me_links" (
    "token_hash" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "device_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "not_me_links_pkey" PRIMARY KEY ("token_hash")
);

-- CreateIndex
CREATE INDEX "not_me_links_user_id_idx" ON "not_me_links"("user_id");

-- CreateIndex
CREATE INDEX "not_me_links_expires_at_idx" ON "not_me_links"("expires_at");

-- AddForeignKey
ALTER TABLE "not_me_links" ADD CONSTRAINT "not_me_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
