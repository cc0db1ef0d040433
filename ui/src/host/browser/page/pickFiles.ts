// The browser's own dialogs for choosing files, or a folder.

/** What the user chose; empty when they thought better of it. Call from a gesture. */
export function chooseFiles(): Promise<File[]> {
  return choose((input) => {
    input.multiple = true;
  });
}

/** Whether this browser can choose folders. */
export function canChooseFolder(): boolean {
  return 'webkitdirectory' in HTMLInputElement.prototype;
}

/** All files of the folder the user chose, with their paths; empty when they thought better of it. Call from a gesture. */
export function chooseFolderFiles(): Promise<File[]> {
  return choose((input) => {
    input.webkitdirectory = true;
  });
}

function choose(set: (input: HTMLInputElement) => void): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    set(input);
    // Safari opens the dialog of an input only while it stands in the page.
    input.hidden = true;
    document.body.append(input);
    const done = (files: File[]): void => {
      input.remove();
      resolve(files);
    };
    input.addEventListener('change', () => done([...(input.files ?? [])]));
    input.addEventListener('cancel', () => done([]));
    input.click();
  });
}
