/** What kept the site from ending a session; and whether it is known at all that it did not (web client parity P-TERM-03). */
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { useWords } from './words.ts';

/** The request may have been taken, and the site could not be asked. */
export const isUnknown = ({ params }: ErrorValue): boolean => params.taken === 'unknown';

export function EndTrouble({ error }: { readonly error: ErrorValue }) {
  const t = useWords();
  return (
    <>
      <ErrorNotice error={error} />
      {isUnknown(error) && <p role="status">{t('unknown')}</p>}
    </>
  );
}

/** One line for a row of a list. */
export function useEndLine(): (error: ErrorValue) => string {
  const t = useWords();
  const sentences = useErrorSentences();
  return (error) => {
    const { what } = sentences(error);
    // Of a refusal the site's own words say more than ours.
    const isRefusal = error.code === 'refused-by-site' || error.code === 'forbidden';
    const said = isRefusal && error.detail !== undefined ? ` ${error.detail}` : '';
    return isUnknown(error) ? t('many.unknown', { why: what }) : t('many.notEnded', { why: `${what}${said}` });
  };
}
