-- AlterTable
ALTER TABLE "users" ADD COLUMN     "former_credential_version" INTEGER NOT NULL DEFAULT 0;
