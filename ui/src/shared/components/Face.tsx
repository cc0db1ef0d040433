// Stands where a picture would be: the first letter of a name on a warm ground.
import './face.css';

interface FaceProps {
  readonly name: string;
  readonly size?: 'small' | 'large';
}

/** A round letter. Decoration; the name stands beside it. */
export function Face({ name, size = 'small' }: FaceProps) {
  const [first = ''] = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)].map((part) => part.segment);
  return (
    <span className={`face face-${size}`} aria-hidden="true">
      {first.toLocaleUpperCase()}
    </span>
  );
}
