/** A time as people say it, exact on hover. */
import { useLanguage } from '../../../i18n/words.ts';
import { exactTime, shortDuration } from '../../../ui/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { useRecordWords } from './record-words.ts';

export function Ago({ at }: { readonly at: string | null }) {
  const t = useRecordWords();
  const language = useLanguage();
  const now = useNow('slow');
  if (at === null) return <>–</>;
  return (
    <time dateTime={at} data-tip={exactTime(at, language)}>
      {t('ago', { duration: shortDuration(now - Date.parse(at), language) })}
    </time>
  );
}
