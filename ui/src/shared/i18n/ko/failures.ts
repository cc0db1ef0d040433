// Korean words: what goes wrong, and how a transfer ends.
import type { FailureCode } from '../../../protocol/FailureCode';
import type { TransferCode } from '../../../protocol/TransferCode';
import type { FailureWords } from '../en/failures';

export const failure: Record<FailureCode, FailureWords> = {
  'invitation-invalid': {
    title: '초대 링크가 아닙니다',
    body: '링크 일부가 빠졌을 수 있습니다. 받은 곳에서 링크 전체를 다시 복사하거나 새로 받아 주세요.',
  },
  'invitation-version': {
    title: '다른 버전의 사랑방에서 보낸 초대입니다',
    body: '링크에는 문제가 없습니다. 양쪽 모두 업데이트한 뒤 다시 열어 주세요.',
  },
  'code-invalid': {
    title: '코드가 아닙니다',
    body: '코드는 7-사과-나무-하늘처럼 숫자 하나와 낱말 셋입니다. 아직 시도하지는 않았으니 다시 물어보세요.',
  },
  'code-unknown': {
    title: '이 코드로 기다리는 사람이 없습니다',
    body: '숫자를 잘못 들었거나 코드가 끝났을 수 있습니다. 코드는 10분 동안 손님 한 명만 들입니다. 숫자를 확인하거나 새 코드를 받아 주세요.',
  },
  'code-wrong': {
    title: '코드가 맞지 않아 이제 쓸 수 없습니다',
    body: '낱말이 달랐거나, 다른 사람도 같은 코드로 들어오려 했습니다. 방에 관한 것은 아무것도 새지 않았습니다. 이제 맞는 낱말로도 열리지 않으니 새 코드를 받아 주세요.',
  },
  'server-unreachable': {
    title: '서버에 연결할 수 없습니다',
    body: '이미 이어진 연결은 그대로 유지됩니다. 네트워크와 서버 주소를 확인한 뒤 다시 시도해 주세요.',
  },
  'server-version': {
    title: '서버의 버전이 다릅니다',
    body: '아무것도 보내지 않았습니다. 사랑방을 업데이트하거나 서버 관리자에게 업데이트를 부탁해 주세요.',
  },
  'server-protocol': {
    title: '서버가 잘못된 응답을 보냈습니다',
    body: '대화 내용은 봉인되어 있어 서버가 볼 수 없었습니다. 서버 관리자에게 알리거나 설정에서 다른 서버를 골라 주세요.',
  },
  'room-refused': {
    title: '이 방은 이제 없습니다',
    body: '모두 나가고 시간이 지나면 방이 닫히고, 링크는 한 글자만 빠져도 열리지 않습니다. 링크를 새로 받거나 직접 방을 열어 보세요.',
  },
  'room-full': { title: '방이 가득 찼습니다', body: '누군가 나가면 들어갈 수 있습니다. 잠시 뒤 다시 시도해 주세요.' },
  'seat-taken': {
    title: '다른 창에서 이미 이 방에 들어와 있습니다',
    body: '그 창에서 계속하거나, 그 창을 닫고 여기로 돌아오세요.',
  },
  'rate-limited': { title: '서버가 잠시 쉬어 가자고 합니다', body: '잃은 것은 없습니다. 곧 저절로 다시 시도합니다.' },
  'peer-version': {
    title: '상대방이 다른 버전의 사랑방을 쓰고 있습니다',
    body: '양쪽 모두 업데이트해야 서로 이어질 수 있습니다.',
  },
  'proof-failed': {
    title: '상대방이 누구인지 확인되지 않았습니다',
    body: '아무 말도 오가기 전에 연결을 끊었습니다. 누군가 중간에 끼어들었을 수 있으니, 믿을 수 있는 방법으로 새 링크를 전해 주세요.',
  },
  'connect-failed': {
    title: '두 기기를 잇는 길을 찾지 못했습니다',
    body: '아무것도 보내지 않았습니다. 어느 한쪽이 다른 네트워크로 바꾸거나, 설정에서 TURN 서버를 추가해 보세요. 곧바로 가는 길이 없을 때 봉인된 데이터를 대신 전해 줍니다.',
  },
  'turn-refused': {
    title: 'TURN 서버가 사용자 이름이나 비밀번호를 받아들이지 않았습니다',
    body: '설정에서 둘 다 확인해 주세요. 직접 연결에는 영향이 없습니다.',
  },
  'turn-unreachable': {
    title: 'TURN 서버에 연결할 수 없습니다',
    body: '설정에서 주소를 확인해 주세요. 직접 연결에는 영향이 없습니다.',
  },
  'no-such-peer': { title: '상대방이 지금 자리에 없습니다', body: '아무것도 보내지 않았습니다. 돌아올 때까지 기다려 주세요.' },
  'text-too-long': { title: '메시지가 너무 깁니다', body: '보내지 않았습니다. 나누어 쓰거나 파일로 보내 주세요.' },
  'offer-invalid': {
    title: '이 파일들은 보낼 수 없습니다',
    body: '고른 파일이 없거나 한 번에 보낼 수 있는 수(20,000개)를 넘었습니다. 나누어 골라 주세요.',
  },
  'source-unreadable': {
    title: '고른 파일을 읽을 수 없습니다',
    body: '파일이 옮겨졌거나 잠겨 있을 수 있습니다. 아무것도 보내지 않았으니 다시 골라 주세요.',
  },
  'folder-unwritable': {
    title: '받은 파일을 둘 폴더에 쓸 수 없습니다',
    body: '잃은 것은 없습니다. 설정에서 다른 폴더를 고른 뒤 다시 받아 주세요.',
  },
  'folder-full': {
    title: '받을 파일을 저장할 공간이 모자랍니다',
    body: '아직 아무것도 받지 않았고 상대방은 기다리고 있습니다. 디스크를 비우거나 설정에서 다른 폴더를 고른 뒤 다시 받아 주세요.',
  },
  'address-taken': {
    title: '이 주소에 방을 열 수 없습니다',
    body: '다른 프로그램이 쓰고 있거나, 설정에서 고른 네트워크가 지금 없습니다. 그 프로그램을 닫거나 설정에서 다른 네트워크나 서버를 골라 주세요.',
  },
  'not-now': { title: '지금은 할 수 없습니다', body: '바뀐 것은 없습니다. 잠시 뒤 다시 시도해 주세요.' },
  internal: {
    title: '사랑방 안에서 문제가 생겼습니다',
    body: '확인이 끝난 파일은 안전합니다. 다시 시도해 보고, 그래도 안 되면 방을 나갔다가 다시 들어와 주세요.',
  },
};

export const transferEnd: Record<TransferCode, string> = {
  cancelled: '중단됨',
  declined: '받지 않음',
  'no-space': '받는 쪽 디스크가 가득 찼습니다. 공간을 비우고 다시 보내 주세요.',
  'write-failed': '받는 쪽에서 저장하지 못했습니다. 받을 폴더를 확인하고 다시 보내 주세요.',
  'read-failed': '보내는 쪽에서 파일을 읽지 못했습니다. 다시 골라 주세요.',
  'source-changed': '보내는 동안 파일이 바뀌어 버렸습니다. 다시 보내 주세요.',
  corrupt: '도착한 내용이 원본과 달라 버렸습니다. 다시 보내 주세요.',
  forgotten: '보내는 쪽이 다시 시작되었습니다. 같은 파일을 다시 보내면 이어서 받습니다.',
  'bad-offer': '거절됨: 안전하지 않은 파일 이름이 있거나 파일이 너무 많습니다.',
  protocol: '중단됨: 상대방이 약속된 방식을 지키지 않았습니다. 양쪽 모두 업데이트해 주세요.',
};
