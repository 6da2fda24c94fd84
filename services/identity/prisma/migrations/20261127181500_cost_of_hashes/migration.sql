-- DropIndex
DROP INDEX "password_credentials_imported_idx";

-- CreateIndex
CREATE INDEX "password_credentials_imported_idx" ON "password_credentials"("user_id") WHERE (password_hash NOT LIKE '$argon2id$v=19$m=12288,t=3,p=1$%');
