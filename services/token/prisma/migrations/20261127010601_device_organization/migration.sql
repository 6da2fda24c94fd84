-- AlterTable
ALTER TABLE "device_authorizations" ADD COLUMN     "organization" TEXT;
