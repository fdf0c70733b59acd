/** Copies a text and says that it did. */
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button.tsx';
import { useUiWords } from './words.ts';

export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useUiWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        icon={copied ? 'check' : 'copy'}
        label={label ?? t('copy')}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      />
      <span role="status" className="visually-hidden">
        {copied ? t('copied') : ''}
      </span>
    </>
  );
}
