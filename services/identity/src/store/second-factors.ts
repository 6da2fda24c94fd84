/** Which second factors somebody has, of every kind, in one statement. */
import type { Pool } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import {
  type SecondFactorMethod,
  type SecondFactorsOfUser,
  secondFactorMethods,
} from '../domain/second-factor.ts'

/** Of the user `$1`, on the device `$2`, at `$3`. */
export const secondFactorColumns = `
         EXISTS (SELECT FROM totp_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
         EXISTS (SELECT FROM passkeys WHERE user_id = $1) AS passkey,
         EXISTS (SELECT FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL) AS recovery_code,
         EXISTS (SELECT FROM remembered_devices
                  WHERE user_id = $1 AND device_hash = $2 AND expires_at > $3) AS "isRemembered"`

export type SecondFactorRow = Readonly<Record<SecondFactorMethod | 'isRemembered', boolean>>

const look = `SELECT ${secondFactorColumns}`

const none: SecondFactorsOfUser = { methods: [], isRemembered: false }

export const toSecondFactors = (row: SecondFactorRow | undefined): SecondFactorsOfUser => {
  if (row === undefined || !(row.totp || row.passkey)) return none
  return { methods: secondFactorMethods.filter(method => row[method]), isRemembered: row.isRemembered }
}

export const createSecondFactors = ({ pool }: { pool: Pool }) => ({
  look: async (userId: UserId, device: DeviceHash | undefined, at: Date): Promise<SecondFactorsOfUser> => {
    const { rows } = await pool.query<SecondFactorRow>({
      name: 'look-at-second-factors',
      text: look,
      values: [userId, device ?? null, at],
    })
    return toSecondFactors(rows[0])
  },
})
