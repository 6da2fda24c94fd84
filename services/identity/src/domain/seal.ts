/** Makes what only the mail worker may read of a mail's secrets. */
export type Seal = (secrets: Readonly<Record<string, string>>) => Promise<string>
