/** Why a suite does not start, in one line for the person in front. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

export const alreadyRunning = (dataDir: string, gateway: string | undefined): StartRefused =>
  new StartRefused(
    `a suite already runs in ${dataDir}${gateway === undefined ? '' : ` at ${gateway}`}. For a second one, set LATCHKEY_DATA_DIR and PORT.`,
  )

export const portTaken = (port: number, setting: string): StartRefused =>
  new StartRefused(`port ${port} is taken or not allowed. Choose another: ${setting}=${port + 1} npm start`)

export const dataFolderUnusable = (path: string, cause: NodeJS.ErrnoException): StartRefused =>
  new StartRefused(
    `the data folder ${path} can't be made (${cause.code}). Set LATCHKEY_DATA_DIR to one that can.`,
    {
      cause,
    },
  )
