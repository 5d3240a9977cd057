import { Button } from 'antd'
import { useWords } from '../shared/i18n/words.ts'
import { OneTimeSecret } from '../shared/ui/one-time-secret.tsx'
import './account.css'
import { accountWords } from './words.ts'

/** Recovery codes as they are shown once: to copy, to print, and then gone. */
export function RecoveryCodes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const t = useWords(accountWords)
  return (
    <div className="recovery-codes">
      <OneTimeSecret
        title={t.recoveryTitle}
        value={codes.join('\n')}
        detail={
          <>
            {t.recoveryKeep}{' '}
            <Button size="small" type="link" onClick={() => window.print()}>
              {t.recoveryPrint}
            </Button>
          </>
        }
        onKept={onKept}
      />
    </div>
  )
}
