-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "credential_version" INTEGER NOT NULL DEFAULT 0;
