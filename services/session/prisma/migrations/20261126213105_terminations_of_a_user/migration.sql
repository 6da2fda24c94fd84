-- CreateIndex
CREATE INDEX "terminations_user_id_at_idx" ON "terminations"("user_id", "at");
