-- DropIndex
DROP INDEX "users_email_key_prefix_idx";

-- CreateIndex
CREATE INDEX "users_email_key_prefix_idx" ON "users" USING SPGIST ("email_key");
