-- CreateTable
CREATE TABLE "authentications" (
    "session_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "authentications_pkey" PRIMARY KEY ("session_id")
);

-- CreateIndex
CREATE INDEX "authentications_user_id_idx" ON "authentications"("user_id");

-- CreateIndex
CREATE INDEX "authentications_at_idx" ON "authentications"("at");

-- AddForeignKey
ALTER TABLE "authentications" ADD CONSTRAINT "authentications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
