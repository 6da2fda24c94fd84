/** Every kind of file that `latchkey import` reads. */
import { readCsv } from './csv.ts'
import type { ImportEntry } from './entry.ts'
import { readAuth0, readCognito, readFirebase, readKeycloak } from './exports.ts'
import { readJsonLines } from './json-lines.ts'

/** @throws CommandFailed, UsageError where the file is not of this kind */
type ReadFile = (text: string, firebaseConfig: string | undefined) => readonly ImportEntry[]

export const importFormats: Readonly<Record<string, ReadFile>> = {
  jsonl: readJsonLines,
  csv: readCsv,
  auth0: readAuth0,
  firebase: readFirebase,
  cognito: readCognito,
  keycloak: readKeycloak,
}
