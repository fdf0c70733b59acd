/** Transfers: says honestly that there are none yet, and what to use until then. */
import { defineWords } from '../../i18n/words.ts';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { en } from './words.en.ts';
import { ko } from './words.ko.ts';

const useWords = defineWords('transfers', en, ko);

export function TransfersPage() {
  const t = useWords();
  return (
    <Page title={t('title')}>
      <Empty icon="transfers" title={t('empty')}>
        {t('empty.text')}
      </Empty>
    </Page>
  );
}
