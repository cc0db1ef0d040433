// Small pictures of what is sent or arrived, on its card. Asked for once, when the files are there; what has none leaves no gap.
import { useEffect, useState } from 'react';
import { useLanguage } from '../../shared/i18n/Language';

interface PreviewsProps {
  readonly transfer: string;
  /** `data:` URLs; never rejects. */
  readonly load: (transfer: string) => Promise<readonly string[]>;
}

/** A row of pictures. */
export function Previews({ transfer, load }: PreviewsProps) {
  const { words } = useLanguage();
  const [pictures, setPictures] = useState<readonly string[]>([]);
  useEffect(() => {
    let isOver = false;
    void load(transfer).then((loaded) => {
      if (!isOver) setPictures(loaded);
    });
    return () => {
      isOver = true;
    };
  }, [transfer, load]);
  if (pictures.length === 0) return null;
  return (
    <div className="card-pictures" role="img" aria-label={words.file.previews(pictures.length)} data-testid="previews">
      {pictures.map((picture, index) => (
        <img key={index} className="card-picture" src={picture} alt="" />
      ))}
    </div>
  );
}
