export default {
  "admin": {
    "title": "Administração",
    "account": "Conta",
    "accounts": {
      "one": "{count} conta",
      "other": "{count} contas"
    },
    "running": {
      "one": "{count} campanha em envio",
      "other": "{count} campanhas em envio"
    },
    "sentence": "{accounts}, {running}; {delivered} de {total} mensagens entregues.",
    "sentence_of_page": "Nesta página: {accounts}, {running}; {delivered} de {total} mensagens entregues.",
    "of_delivered": "{share} das entregues",
    "figure": {
      "campaigns": "Campanhas",
      "running": "Em envio",
      "scheduled": "Agendadas",
      "delivered": "Entregues",
      "read": "Lidas",
      "replied": "Responderam",
      "failed": "Falharam",
      "pending": "Sem resultado ainda"
    },
    "empty": "Nenhuma conta tem campanhas",
    "empty_text": "Cada conta aparece aqui com a primeira campanha que criar."
  },
  "blocked": {
    "similar": "{{{name}}} não existe nos contatos; talvez seja {{{similar}}}.",
    "back": "O número está conectado de novo. Ela continua sozinha em instantes."
  },
  "bubble": {
    "image": "Imagem",
    "document": "Documento",
    "video": "Vídeo",
    "audio": "Áudio"
  },
  "campaign": {
    "title": "Campanha",
    "back": "Campanhas",
    "copy_name": "{name} (cópia)",
    "moment": {
      "today": "hoje às {time}",
      "tomorrow": "amanhã às {time}",
      "later": "{time}"
    },
    "sentence": {
      "draft": "Rascunho: nada é enviado até você começar.",
      "scheduled": "Agendada: começa {time}.",
      "scheduled_until": "Agendada: começa {time}; termina {end}.",
      "starting": "Começando: o texto e a lista de pessoas não mudam mais, e a primeira mensagem sai em segundos.",
      "retry": "O reenvio das falhas começa em segundos; a mensagem já chegou a {delivered} de {total}.",
      "running": "{delivered} de {total} entregues; termina {time}.",
      "running_open": {
        "one": "{delivered} de {total} entregues; {count} pessoa ainda aguarda.",
        "other": "{delivered} de {total} entregues; {count} pessoas ainda aguardam."
      },
      "finishing": {
        "one": "{delivered} de {total} entregues; tudo saiu, e falta {count} confirmação do WhatsApp.",
        "other": "{delivered} de {total} entregues; tudo saiu, e faltam {count} confirmações do WhatsApp."
      },
      "blocked": "{delivered} de {total} entregues; em espera.",
      "paused": {
        "one": "{delivered} de {total} entregues; pausada. Nada mais sai até você retomar: {count} pessoa aguarda.",
        "other": "{delivered} de {total} entregues; pausada. Nada mais sai até você retomar: {count} pessoas aguardam."
      },
      "completed": "{delivered} de {total} entregues; terminou {time}.",
      "completed_failed": {
        "one": "{delivered} de {total} entregues, {count} falhou; terminou {time}.",
        "other": "{delivered} de {total} entregues, {count} falharam; terminou {time}."
      },
      "open": {
        "one": "Falta {count} confirmação do WhatsApp.",
        "other": "Faltam {count} confirmações do WhatsApp."
      },
      "failed": "{delivered} de {total} entregues; terminou {time} sem enviar nada.",
      "not_started": "Não começou: ninguém recebeu nada.",
      "canceled": "Cancelada: {delivered} de {total} entregues, e nada mais sai.",
      "canceled_before": "Cancelada antes de começar: ninguém recebeu nada."
    },
    "scan": "Mostrar QR code",
    "connection": "Abrir conexão",
    "funnel": "O que aconteceu com cada pessoa",
    "figure": {
      "sent": "A confirmar",
      "delivered": "Entregues",
      "read": "Lidas",
      "replied": "Responderam",
      "failed": "Falharam",
      "skipped": "Puladas",
      "unknown": "Em dúvida",
      "pending": "Aguardando"
    },
    "hint": {
      "sent": "já enviadas",
      "read": "{share} das entregues",
      "unknown": "em verificação",
      "pending": "ainda não saíram"
    },
    "part": {
      "read": {
        "one": "{count} lida",
        "other": "{count} lidas"
      },
      "unread": {
        "one": "{count} entregue e não lida",
        "other": "{count} entregues e não lidas"
      },
      "sent": {
        "one": "{count} enviada, sem confirmação",
        "other": "{count} enviadas, sem confirmação"
      },
      "unknown": {
        "one": "{count} em dúvida",
        "other": "{count} em dúvida"
      },
      "failed": {
        "one": "{count} falhou",
        "other": "{count} falharam"
      },
      "skipped": {
        "one": "{count} pulada",
        "other": "{count} puladas"
      },
      "pending": {
        "one": "{count} aguardando",
        "other": "{count} aguardando"
      }
    },
    "timeline": {
      "title": "Ao longo do tempo",
      "table": "Ver como tabela",
      "chart": "Ver como gráfico",
      "when": "Quando",
      "delivered": "Entregues",
      "failed": "Falharam",
      "limit": "limite de {limit} por minuto",
      "limit_of_bar": "limite de {limit} em {minutes} minutos",
      "read": "{time} · entregas: {delivered} · falhas: {failed}",
      "span": "{begin}–{end}",
      "words": "Entregas desde {begin}: {delivered}. Falhas: {failed}. Pico de entregas: {highest} ({time}).",
      "words_none": "Nenhuma entrega desde {begin}. Falhas: {failed}."
    },
    "people": {
      "title": "Pessoas",
      "search": "Buscar por telefone",
      "all": "todas",
      "by_state": "Filtrar por estado",
      "by_reason": "Filtrar por motivo",
      "empty": "Ainda não há pessoas nesta campanha",
      "none": "Ninguém com este filtro",
      "erased": "pessoa apagada",
      "open": "Ver tudo desta pessoa"
    },
    "reasons": "Por que não chegou",
    "runs": {
      "title": "Envios",
      "first_send": "Primeiro envio",
      "retry": "Reenvio das falhas",
      "took": "durou {time}",
      "summary": "Pessoas: {total}. Entregues: {delivered}; com falha: {failed}; puladas: {skipped}.",
      "summary_open": "Pessoas: {total}. Entregues: {delivered}; com falha: {failed}; puladas: {skipped}; {open}.",
      "text": "O texto deste envio:"
    },
    "facts": {
      "title": "Dados da campanha",
      "segment": "Segmento",
      "template": "Modelo",
      "window": "Horário de envio",
      "pace": "Ritmo da campanha",
      "per_minute": {
        "one": "até {count} mensagem por minuto",
        "other": "até {count} mensagens por minuto"
      },
      "scheduled_at": "Agendada para",
      "not_after": "Não começa depois de",
      "started_at": "Começou",
      "completed_at": "Terminou",
      "average": "Do envio à entrega, em média",
      "excluded": "Deixa de fora",
      "segments": {
        "one": "{count} segmento",
        "other": "{count} segmentos"
      },
      "quiet_days": "Pula quem recebeu algo há menos de",
      "unregistered_days": "Pula quem não estava no WhatsApp há menos de",
      "days": {
        "one": "{count} dia",
        "other": "{count} dias"
      },
      "labels": "Etiquetas",
      "created_at": "Criada"
    },
    "action": {
      "change": "Alterar",
      "pause": "Pausar",
      "resume": "Retomar",
      "continue": "Continuar",
      "edit": "Editar público, texto e horário",
      "unschedule": "Voltar a rascunho",
      "duplicate": "Duplicar",
      "export": "Exportar pessoas",
      "print": "Imprimir relatório",
      "cancel": "Cancelar campanha",
      "delete": "Apagar rascunho",
      "retry": "Reenviar as falhas"
    },
    "done": {
      "pause": "{name} foi pausada às {time}. Nada mais sai.",
      "resume": "{name} continua.",
      "unschedule": "{name} voltou a rascunho: nada sai até você começar.",
      "cancel": "{name} foi cancelada.",
      "retry": "O reenvio começa em segundos.",
      "duplicate": "Esta é a cópia, um rascunho: {name}.",
      "delete": "O rascunho {name} foi apagado.",
      "edit": "Salvo."
    },
    "resume": {
      "title": "Retomar {name}?",
      "action": "Retomar o envio",
      "text": {
        "one": "{count} pessoa que aguarda começa a receber agora.",
        "other": "{count} pessoas que aguardam começam a receber agora."
      },
      "text_unlinked": {
        "one": "{count} pessoa aguarda e começa a receber quando o número estiver conectado. Agora ele não está.",
        "other": "{count} pessoas aguardam e começam a receber quando o número estiver conectado. Agora ele não está."
      }
    },
    "cancel": {
      "title": "Cancelar {name}?",
      "action": "Cancelar a campanha",
      "text": {
        "one": "{count} pessoa que ainda aguarda não recebe nada. Isto não tem volta; para parar por um tempo, pause.",
        "other": "{count} pessoas que ainda aguardam não recebem nada. Isto não tem volta; para parar por um tempo, pause."
      },
      "text_before": "Nada mais sai desta campanha, e ela não pode ser retomada. Uma cópia dela pode começar de novo.",
      "keep": "Voltar"
    },
    "retry": {
      "title": {
        "one": "Reenviar para {count} pessoa?",
        "other": "Reenviar para {count} pessoas?"
      },
      "action": "Reenviar agora",
      "text": "{name} sai de novo só para quem não recebeu por falha, com o modelo e os contatos atuais. Termina {time}.",
      "text_open": "{name} sai de novo só para quem não recebeu por falha, com o modelo e os contatos atuais. Ainda não há como prever o fim.",
      "will_not": "Estas pessoas ficam de fora:",
      "none": "Ninguém receberia o reenvio: {reasons}. Corrija isto e tente de novo.",
      "not_on_whatsapp": {
        "one": "{count} pessoa falhou porque o número não estava no WhatsApp. Escrever de novo para números assim aumenta o risco de bloqueio: reenvie só se eles entraram no WhatsApp desde então.",
        "other": "{count} pessoas falharam porque o número não estava no WhatsApp. Escrever de novo para números assim aumenta o risco de bloqueio: reenvie só se eles entraram no WhatsApp desde então."
      }
    },
    "delete": {
      "title": "Apagar o rascunho {name}?",
      "text": "O segmento e o modelo ficam; o rascunho não pode ser recuperado. Ele não enviou nada.",
      "action": "Apagar o rascunho"
    },
    "form": {
      "title": "Alterar a campanha",
      "name": "Nome",
      "name_hint": "Só você vê.",
      "description": "Descrição",
      "description_hint": "Para que ela serve, se ajudar.",
      "max_messages_per_minute": "Mensagens por minuto",
      "max_messages_per_minute_hint": "O limite do número também vale. A mudança vale em segundos.",
      "scheduled_at": "Começa",
      "scheduled_at_hint": "No seu fuso horário.",
      "not_after": "Não começa depois de",
      "not_after_hint": "Se não começar até lá, ela não sai atrasada.",
      "labels": "Etiquetas",
      "labels_hint": "Palavras suas para encontrá-la, separadas por vírgula."
    }
  },
  "campaigns": {
    "title": "Campanhas",
    "new": "Nova campanha",
    "name": "Nome",
    "state": "Estado",
    "reached": "Entregues",
    "when": "Quando",
    "actions": "Ações",
    "search": "Buscar por nome",
    "label": "Etiqueta",
    "any_state": "todos",
    "any_label": "todas",
    "sentence": "{parts}; {all}.",
    "quiet": "Nada está saindo nem agendado; {all}.",
    "all": {
      "one": "{count} campanha ao todo",
      "other": "{count} campanhas ao todo"
    },
    "count": {
      "running": {
        "one": "{count} em envio",
        "other": "{count} em envio"
      },
      "held": {
        "one": "{count} em espera",
        "other": "{count} em espera"
      },
      "paused": {
        "one": "{count} pausada",
        "other": "{count} pausadas"
      },
      "scheduled": {
        "one": "{count} agendada",
        "other": "{count} agendadas"
      }
    },
    "progress": "{delivered} de {total}",
    "moment": {
      "starts": "começa",
      "ended": "terminou",
      "started": "começou",
      "created": "criada"
    },
    "empty": "Nenhuma campanha ainda",
    "empty_text": "Uma campanha leva uma mensagem às pessoas de um segmento. Nada sai antes de você conferir e confirmar.",
    "no_match": "Nenhuma campanha com estes filtros",
    "no_match_text": "A busca encontra o começo de cada palavra do nome; a etiqueta precisa ser exata.",
    "show_all": "Mostrar todas"
  },
  "codes": {
    "unknown": {
      "problem": "O pedido não foi aceito ({code}). Tente de novo; se continuar assim, avise quem administra o Hidra.",
      "blocked": "Em espera ({code}).",
      "error": "o envio não deu certo ({code})",
      "preflight": "Atenção antes de começar ({code}).",
      "reject": "A linha não pôde ser importada ({code}).",
      "import": "A importação não terminou ({code}).",
      "connection": "Aviso sobre a conexão ({code}).",
      "connection_error": "O número não pode enviar ({code}). Mostre o detalhe técnico a quem cuida do servidor Evolution.",
      "template": "Aviso sobre o modelo ({code}).",
      "file": "Aviso sobre o arquivo ({code}).",
      "pace": "O limite que vale agora não é conhecido ({code})."
    },
    "problem": {
      "api-key-required": "A primeira conexão, ou um outro servidor, precisa da chave da API. Nada foi salvo; digite a chave.",
      "base-url": "O endereço do servidor não é válido. Nada foi salvo; confira se começa com https://.",
      "campaign-starting": "A campanha está começando agora. Tente de novo em alguns segundos.",
      "campaign-status": "Esta ação não cabe no estado atual da campanha. Nada mudou; recarregue para ver o estado.",
      "conflict": "Isto contradiz outros dados. Nada foi salvo.",
      "connection-busy": "O ritmo do número está todo em uso. Nada foi enviado; tente de novo em um minuto.",
      "connection-distrusted": "O número está em observação e envia uma mensagem a cada cinco minutos até o WhatsApp confirmar. Nada foi enviado; tente de novo em cinco minutos.",
      "connection-not-usable": "O número não está conectado. Nada foi enviado; veja a página Conexão.",
      "empty-search": "A busca não tem letra nem número. Busque um nome ou um telefone.",
      "erased-phone": "Há telefone de uma pessoa que foi apagada a pedido dela. Nada foi salvo; tire esse telefone.",
      "evolution-unavailable": "O servidor Evolution não respondeu como se espera. Tente de novo em alguns minutos.",
      "export-ended": "A exportação já terminou; não há o que cancelar.",
      "export-not-completed": "A exportação ainda não terminou; o arquivo aparece quando ela terminar.",
      "export-running": "Já há uma exportação deste tipo em andamento. Espere que termine, ou cancele-a.",
      "export-without-file": "O arquivo desta exportação não existe mais. Faça outra exportação.",
      "external-id-reused": "Este identificador já é de uma campanha diferente. Nada foi criado.",
      "forbidden": "Esta conta não pode usar o Hidra. Entre com outra conta.",
      "identity-key": "O Hidra está instalado com outra chave de telefones. Avise quem administra o sistema.",
      "identity-version": "O Hidra está sendo atualizado. Tente de novo em alguns minutos.",
      "import-ended": "A importação já terminou; não há o que cancelar.",
      "import-not-completed": "A importação ainda não terminou; as linhas recusadas aparecem depois.",
      "internal": "O Hidra falhou ao processar o pedido. A falha é nossa; tente de novo mais tarde.",
      "invalid-cursor": "Esta página da lista não existe mais. Volte à primeira página.",
      "invalid-phone": "Telefone inválido. Nada foi salvo; corrija onde está indicado.",
      "invalid-request": "Algum campo não foi aceito. Corrija onde está indicado.",
      "locked": "Outra mudança nos mesmos dados está em andamento. Nada foi salvo; tente de novo em alguns segundos.",
      "malformed-json": "O pedido chegou incompleto. Tente de novo.",
      "message-under-way": "Uma mensagem para esta pessoa está saindo agora. Nada foi apagado; tente de novo em um minuto.",
      "no-connection": "Não há um número conectado. Conecte um primeiro, na página Conexão.",
      "no-file": "Uma importação direto do WhatsApp não tem arquivo. Nada foi criado.",
      "no-rejects": "A importação não recusou nenhuma linha.",
      "not-admin": "Só administradores veem isto.",
      "not-found": "Não encontrado: foi apagado, ou pertence a outra conta.",
      "not-in-group": "Esta conta não está no grupo que pode usar o Hidra. Peça acesso a quem administra.",
      "nothing-failed": "Não há falha que possa ser reenviada.",
      "nothing-to-send": "Ninguém receberia esta mensagem. Nada começou; veja os motivos em Conferir.",
      "one-segment": "Escolha um segmento existente ou um nome novo, não os dois.",
      "opt-out-words": "As palavras para sair e para voltar se contradizem. Corrija as indicadas.",
      "opted-out": "Esta pessoa pediu para não receber mensagens. Nada foi enviado.",
      "phone-taken": "Outro contato já tem este telefone. Nada foi salvo.",
      "request-too-large": "São dados demais de uma vez. Divida em partes menores.",
      "segment-empty": "O segmento não tem contatos. Nada começou; adicione contatos primeiro.",
      "segment-in-use": "Campanhas usam este segmento, por isso ele fica:",
      "segment-too-large": "O segmento é grande demais: uma campanha alcança até {limit} pessoas. Divida-o.",
      "signed-out": "Sua sessão terminou. Entre de novo.",
      "status-*": "O servidor não aceitou o pedido ({code}). Tente de novo em alguns segundos.",
      "template-content": "O modelo precisa de texto ou de mídia, com o tipo certo. Nada foi salvo.",
      "template-in-use": "Campanhas usam este modelo, por isso ele fica:",
      "template-variables": "As variáveis do texto e as da lista não são as mesmas. Nada foi salvo.",
      "text-too-long": "Com os valores, o texto fica longo demais. Encurte o modelo.",
      "too-fast": "O servidor Evolution manda avisos demais. Eles serão repetidos em alguns segundos.",
      "too-many-attributes": "Um contato guarda até 50 atributos. Nada foi salvo; tire alguns.",
      "too-many-columns": "Há atributos demais para um CSV. Exporte como JSON Lines.",
      "too-many-events": "O servidor Evolution mandou avisos demais de uma vez.",
      "too-many-imports": "Dez importações suas esperam ou estão em andamento. Espere uma terminar, ou cancele uma.",
      "too-slow": "O pedido demora demais. Nada foi salvo; peça menos de uma vez, ou tente mais tarde.",
      "unauthorized": "A assinatura do aviso não é válida.",
      "unavailable": "O Hidra não pode responder neste momento. Tente de novo em alguns segundos.",
      "unfit": "Um valor não pôde ser guardado. Nada foi salvo; encurte ou corrija.",
      "unknown-campaign": "Esta campanha não existe mais. Nada foi criado.",
      "unknown-contact": "Este contato não existe mais.",
      "unknown-contacts": "Algum destes contatos não existe mais. Nenhum foi adicionado.",
      "unknown-parameter": "O endereço tem um filtro que não existe. Tire-o e tente de novo.",
      "unknown-segment": "Este segmento não existe mais. Nada foi salvo; escolha outro.",
      "unknown-template": "Este modelo não existe mais. Nada foi salvo; escolha outro.",
      "unknown-user": "Esta conta ainda não foi cadastrada no Hidra. Peça acesso a quem administra.",
      "unresolved-variables": "Falta valor para alguma variável. Preencha onde está indicado.",
      "webhook-too-large": "O aviso é grande demais.",
      "wrong-fields": "As opções desta exportação não combinam. Nada foi criado.",
      "wrong-filter": "O filtro não é válido. Corrija onde está indicado.",
      "wrong-times": "As datas já passaram, se contradizem ou não existem. Nada mudou; corrija-as."
    },
    "blocked": {
      "no-connection": "Não há um número conectado. Continua sozinha quando você conectar um.",
      "connection-not-connected": "O número não está conectado ao WhatsApp. Continua sozinha quando você conectar o celular de novo.",
      "connection-error": "O número não pode enviar. {reason} A campanha continua sozinha assim que um teste der certo; ele se repete.",
      "connection-probed": "O número está em observação: sai uma mensagem a cada {minutes} minutos até o WhatsApp confirmar uma. Por que parou: {reason}",
      "server-slow": "O servidor Evolution demora mais de {seconds} s para responder: sai uma mensagem a cada {minutes} minutos até ele melhorar.",
      "outside-send-window": "Fora do horário de envio, que abre {opens_at}. Continua sozinha.",
      "day-limit-reached": "O número chegou ao limite deste dia, de {limit}. Continua sozinha {until}.",
      "first-contacts-reached": "Só restam pessoas que ainda não falaram com este número, e o limite deste dia, de {limit}, já foi usado. Continua sozinha {until}.",
      "time-zone-changed": "O fuso horário do número mudou, e o novo dia ainda não começou. Continua sozinha {until}.",
      "outcomes-in-doubt": "Tudo saiu. Mensagens em dúvida: {messages}. O Hidra verifica o resultado até {until}; nada é reenviado.",
      "whatsapp-refuses": "Pausada: o WhatsApp recusou {refused} das últimas {answered} mensagens. Veja o número no celular e retome depois.",
      "media-not-fetched": "Pausada: o servidor Evolution não consegue baixar a mídia. Confira o endereço dela e retome.",
      "segment-empty": "Não começou: o segmento não tem contatos. Duplique a campanha depois de adicioná-los.",
      "segment-too-large": "Não começou: o segmento tem mais de {limit} pessoas. Divida-o e duplique a campanha.",
      "not-after-passed": "Não começou antes de {not_after}, o limite que você deu. Duplique-a com outro horário.",
      "nothing-to-send": "Ninguém pôde receber a mensagem (pessoas no segmento: {recipients}). Motivos:",
      "nothing-failed": "Não havia falha que pudesse ser reenviada."
    },
    "error": {
      "not_on_whatsapp": "o número não está no WhatsApp",
      "unresolved_variable": "falta ao contato um valor que o texto usa",
      "text_too_long": "com os valores, o texto fica longo demais",
      "provider_failed": "o WhatsApp aceitou a mensagem e depois informou que não a entregou",
      "outcome_unknown": "não foi possível saber em um dia se saiu; não é reenviada",
      "meta_*": "a Meta recusou a mensagem ({code})",
      "refused": "o servidor Evolution recusou esta mensagem",
      "invalid_request": "o servidor Evolution não aceitou esta mensagem",
      "excluded": "está em um segmento que a campanha deixa de fora",
      "not_on_whatsapp_before": "uma campanha anterior mostrou que o número não está no WhatsApp",
      "contacted_recently": "recebeu outra mensagem há pouco tempo",
      "opted_out": "pediu para não receber",
      "erased": "foi apagada a pedido",
      "canceled": "você cancelou a campanha antes",
      "delivered_already": "a primeira mensagem chegou antes do reenvio",
      "unreachable": "o servidor Evolution não atendeu",
      "dns": "o endereço do servidor Evolution não foi encontrado",
      "slow_to_connect": "o servidor Evolution demorou demais para atender",
      "tls": "o certificado do servidor Evolution não é válido",
      "private_address": "o servidor Evolution está em uma rede interna",
      "unusable_connection": "o endereço ou a chave da conexão não podem ser usados",
      "too_many_requests": "o servidor Evolution pediu para ir mais devagar",
      "rate_overlimit": "o WhatsApp pediu para este número ir mais devagar",
      "unauthorized": "o servidor Evolution não aceitou a chave",
      "instance_not_found": "o servidor Evolution não tem esta instância",
      "not_evolution": "neste endereço não responde uma Evolution API",
      "license_required": "o servidor Evolution está sem licença",
      "connection_closed": "o número estava desconectado",
      "never_connected": "o número ainda não foi conectado",
      "not_running": "a instância estava parada no servidor Evolution",
      "not_encrypted": "o WhatsApp não conseguiu preparar a mensagem para este número",
      "media_not_uploaded": "o WhatsApp não recebeu a mídia",
      "media_not_fetched": "o servidor Evolution não conseguiu baixar a mídia",
      "key_unreadable": "a chave guardada não pôde ser lida",
      "keys_unavailable": "a chave guardada não pôde ser lida agora",
      "answer_not_understood": "a resposta do servidor não diz se saiu",
      "connection_lost": "o servidor interrompeu a resposta; não se sabe se saiu",
      "duplicate_id": "o servidor deu o número de outra mensagem; não se sabe se saiu",
      "failed_while_sending": "o servidor falhou durante o envio; não se sabe se saiu",
      "server_error": "o servidor falhou; não se sabe se saiu",
      "timed_out": "o servidor não respondeu a tempo; não se sabe se saiu"
    },
    "preflight": {
      "campaign-started": "A campanha já começou: os números são de quem ainda aguarda. Texto e público não mudam mais.",
      "campaign-ended": "A campanha já terminou: os números são de um reenvio das falhas, ou de uma cópia.",
      "no-connection": "Não há um número conectado: a campanha não pode começar. Conecte um primeiro.",
      "connection-not-connected": "O número não está conectado: nada sai até que esteja.",
      "pace-above-connection": "A campanha pede um ritmo maior que o do número; vale o do número.",
      "pace-risks-ban": "Neste ritmo o WhatsApp pode banir um número conectado por QR code. Um ritmo menor é mais seguro.",
      "statuses-missing": "Nenhuma confirmação de entrega chegou por esta conexão ainda: as mensagens chegam, mas não serão contadas como entregues ou lidas.",
      "connection-probed": "O número está em observação: sai uma mensagem a cada cinco minutos até o WhatsApp confirmar uma. Até lá, a previsão não vale.",
      "server-slow": "O servidor Evolution demora a responder: sai uma mensagem a cada cinco minutos até ele melhorar. Até lá, a previsão não vale.",
      "number-never-sent": "Nenhuma mensagem saiu por esta conexão ainda. Um número novo que escreve a muita gente pode ser banido: ative o aquecimento, que começa com poucas mensagens por dia.",
      "takes-long": "O envio leva muitos dias. Aumente os limites, amplie o horário de envio ou envie a menos pessoas.",
      "ends-after-not-after": "O limite de horário vale só para o início: depois de começar, a campanha segue até o fim, que é previsto para mais tarde.",
      "nothing-failed": "Não há falha que possa ser reenviada.",
      "segment-empty": "O segmento não tem contatos: a campanha não pode começar. Adicione contatos primeiro.",
      "nothing-to-send": "Ninguém receberia a mensagem: a campanha não pode começar. Os motivos estão abaixo.",
      "segment-too-large": "O segmento é grande demais: a campanha não pode começar. Divida-o.",
      "similar-name": "Uma variável do texto não existe nos contatos, mas há uma de nome parecido.",
      "single-braces": "O texto tem chaves simples: só {{assim}} uma variável é preenchida.",
      "other-placeholders": "O texto tem marcas de outro sistema, que sairão como estão escritas.",
      "text-too-long": "Com os valores, o texto de algumas pessoas fica longo demais. Encurte o modelo ou os valores."
    },
    "template": {
      "single-braces": "O texto tem chaves simples: só {{assim}} uma variável é preenchida.",
      "other-placeholders": "O texto tem marcas de outro sistema, que sairão como estão escritas.",
      "text-too-long": "Com estes valores, o texto fica longo demais."
    },
    "connection": {
      "integration-corrected": "O tipo de conexão salvo era outro; o Hidra usa o que o servidor informa.",
      "instance-shared": "Outra conexão usa esta mesma instância e recebe os avisos dela: entregas, respostas e descadastros não chegam aqui. Use uma instância só sua.",
      "number-shared": "Duas instâncias no servidor têm este número: as confirmações chegam só a uma delas.",
      "statuses-missing": "Nenhuma confirmação de entrega chegou por esta conexão ainda: as mensagens chegam, mas não são contadas como entregues ou lidas."
    },
    "connection_error": {
      "unreachable": "O servidor Evolution não atende neste endereço. Confira o endereço em Alterar a conexão, ou avise quem cuida do servidor.",
      "dns": "O endereço do servidor Evolution não existe na internet. Confira em Alterar a conexão se ele está escrito certo.",
      "slow-to-connect": "O servidor Evolution demora demais para atender. Se continuar assim, avise quem cuida dele.",
      "tls": "O certificado de segurança do servidor Evolution não é válido. Avise quem cuida do servidor.",
      "private-address": "O endereço do servidor Evolution é de uma rede interna, que o Hidra não acessa. Peça um endereço público a quem cuida do servidor.",
      "timed-out": "O servidor Evolution não respondeu a tempo. Se continuar assim, avise quem cuida dele.",
      "connection-lost": "O servidor Evolution interrompeu a resposta. Se continuar assim, avise quem cuida dele.",
      "server-error": "O servidor Evolution responde com uma falha. Se continuar assim, avise quem cuida dele.",
      "not-evolution": "Neste endereço não responde uma Evolution API. Confira o endereço em Alterar a conexão.",
      "unusable-connection": "O endereço ou a chave que foram salvos não podem ser usados. Informe os dois de novo em Alterar a conexão.",
      "key-unreadable": "A chave guardada não pode mais ser lida. Informe a chave de novo em Alterar a conexão.",
      "unauthorized": "O servidor Evolution não aceita a chave da API. Informe a chave certa em Alterar a conexão.",
      "instance-not-found": "O servidor Evolution não tem uma instância com este nome. Confira o nome em Alterar a conexão, com maiúsculas e minúsculas.",
      "instance-removed": "A instância foi apagada no servidor Evolution. Peça a quem cuida dele que a crie de novo, ou use outra em Alterar a conexão.",
      "license-required": "O servidor Evolution está sem licença. Peça a quem cuida dele que a ative.",
      "not-running": "O servidor Evolution conhece a instância, mas ela está parada. Peça a quem cuida dele que a reinicie.",
      "state-unknown": "O servidor Evolution informa um estado que o Hidra não conhece. Avise quem administra o Hidra.",
      "no-whatsapp": "Esta instância não usa o WhatsApp. Escolha uma que usa em Alterar a conexão.",
      "webhook-not-set": "Entregas e respostas podem não aparecer aqui, porque o servidor Evolution não aceitou o endereço dos avisos. Se continuar assim, avise quem cuida dele.",
      "code-not-scanned": "O QR code não foi lido a tempo. Na página Conexão, use Testar agora e leia o código novo com o celular.",
      "never-connected": "Este número ainda não foi conectado. Conecte o celular com o QR code.",
      "connection-closed": "A conexão entre o servidor Evolution e o WhatsApp caiu. Se não voltar em um minuto, peça a quem cuida do servidor que reinicie a instância.",
      "logged-out": "O número foi desconectado, no celular ou no servidor Evolution. Conecte o celular de novo com o QR code.",
      "cloud-api-closed": "O número da API oficial foi desconectado no servidor Evolution. Peça a quem cuida do servidor que o reinicie.",
      "banned": "O WhatsApp baniu este número. Peça uma revisão no WhatsApp do celular, ou conecte outro número.",
      "payment-required": "O WhatsApp pede um pagamento desta conta. Resolva isso no WhatsApp e conecte o celular de novo.",
      "request-not-accepted": "O WhatsApp não aceitou um pedido deste número. Se não voltar em um minuto, peça a quem cuida do servidor Evolution que reinicie a instância.",
      "version-not-accepted": "A versão da Evolution é antiga demais para o WhatsApp. Peça a quem cuida do servidor que a atualize, e depois conecte o celular de novo.",
      "client-not-accepted": "O WhatsApp não aceita mais esta versão da Evolution. Peça a quem cuida do servidor que a atualize, e depois conecte o celular de novo.",
      "whatsapp-timed-out": "O WhatsApp não respondeu ao servidor Evolution, ou o QR code não foi lido a tempo. Conecte o celular de novo; se não der certo, avise quem cuida do servidor.",
      "session-conflict": "O WhatsApp encontrou outra sessão deste número. Conecte o celular de novo.",
      "session-replaced": "Outro programa passou a usar este número. Feche-o e conecte o celular de novo.",
      "session-not-accepted": "O WhatsApp não aceita a sessão que o servidor Evolution guardou. Peça a quem cuida dele que desconecte a instância, e depois conecte o celular de novo.",
      "session-restart": "O WhatsApp pediu que a sessão comece de novo. Se não voltar em um minuto, peça a quem cuida do servidor Evolution que reinicie a instância.",
      "devices-mismatch": "O WhatsApp não reconhece mais este aparelho conectado. Remova-o no celular, em Aparelhos conectados, e conecte de novo com o QR code.",
      "slow-down-and-connect": "O WhatsApp pediu que este número vá mais devagar. Espere alguns minutos e conecte o celular de novo.",
      "new-chats-limited": "O WhatsApp limitou as conversas novas deste número. Espere algumas horas, e escreva a quem já o conhece.",
      "not-supported": "O WhatsApp não oferece o que esta versão da Evolution pede. Peça a quem cuida do servidor que a atualize, e depois conecte o celular de novo.",
      "whatsapp-unavailable": "O WhatsApp está fora do ar no momento. Se o número não voltar sozinho, peça a quem cuida do servidor Evolution que reinicie a instância.",
      "closed-by-whatsapp": "O WhatsApp fechou a conexão. Conecte o celular de novo; se não der certo, mostre o detalhe técnico a quem cuida do servidor Evolution.",
      "rate-overlimit": "O WhatsApp pediu que este número vá mais devagar. Diminua as mensagens por minuto em Ritmo e limites.",
      "media-not-uploaded": "O WhatsApp não recebeu a mídia da campanha. O Hidra tenta de novo sozinho; se continuar assim, confira a mídia.",
      "not-acknowledged": "O servidor Evolution aceita as mensagens, mas o WhatsApp não confirma nenhuma. Veja o número no celular, e peça a quem cuida do servidor que reinicie a instância.",
      "repeated-doubts": "Não se sabe se as últimas mensagens saíram. Peça a quem cuida do servidor Evolution que o verifique.",
      "repeated-failures": "Mensagens a pessoas diferentes falharam pelo mesmo motivo, e o WhatsApp não confirma nenhuma. Peça a quem cuida do servidor Evolution que o verifique.",
      "meta-0": "A Meta não aceita mais o código de acesso deste número. Peça a quem cuida da conta na Meta que o renove.",
      "meta-3": "A Meta não deixa o aplicativo enviar mensagens. Peça a quem cuida da conta na Meta que confira as permissões dele.",
      "meta-10": "A Meta não deixa o aplicativo enviar mensagens. Peça a quem cuida da conta na Meta que confira as permissões dele.",
      "meta-100": "A Meta não conhece o identificador deste número. Peça a quem cuida do servidor Evolution que o confira.",
      "meta-190": "A Meta não aceita mais o código de acesso deste número. Peça a quem cuida da conta na Meta que o renove.",
      "meta-368": "A Meta bloqueou esta conta. Peça a quem cuida da conta na Meta que veja o motivo lá.",
      "meta-131005": "A Meta não deixa o aplicativo enviar mensagens. Peça a quem cuida da conta na Meta que confira as permissões dele.",
      "meta-131031": "A Meta bloqueou esta conta. Peça a quem cuida da conta na Meta que veja o motivo lá.",
      "meta-131042": "A Meta não envia por um problema com o pagamento da conta. Peça a quem cuida da conta na Meta que o resolva.",
      "meta-131045": "Este número não está registrado na API oficial da Meta. Peça a quem cuida da conta na Meta que o registre.",
      "meta-133010": "Este número não está registrado na API oficial da Meta. Peça a quem cuida da conta na Meta que o registre.",
      "meta-other": "A Meta não envia as mensagens deste número. Mostre o detalhe técnico a quem cuida da conta na Meta.",
      "unknown": "O servidor Evolution não responde, ou não deixa este número enviar. Mostre o detalhe técnico a quem cuida dele."
    },
    "reject": {
      "no_phone": "sem telefone: preencha a coluna do telefone",
      "invalid_phone": "telefone inválido: confira DDD e número",
      "digit_missing": "celular com um dígito a menos: acrescente o nono dígito",
      "value_too_long": "um valor é longo demais: encurte-o",
      "invalid_value": "um valor não é texto, número, verdadeiro ou falso: troque-o por um deles",
      "invalid_consent": "o consentimento não foi entendido: confira base e data",
      "too_many_cells": "há mais células que colunas: confira separadores e aspas",
      "too_many_columns": "há mais de 200 colunas: tire algumas",
      "too_many_attributes": "o contato ficaria com mais de 50 atributos: deixe colunas de fora",
      "unbalanced_quotes": "aspas abertas e não fechadas na linha: feche-as ou apague-as",
      "malformed": "a linha não pôde ser lida: escreva-a como as outras",
      "nul_character": "a linha tem um caractere que não é texto: apague-o",
      "undecodable": "letras que não puderam ser lidas: salve o arquivo como UTF-8",
      "line_too_long": "a linha tem mais de 1 MB: confira as aspas, ou encurte-a",
      "erased": "a pessoa foi apagada a pedido dela e não volta"
    },
    "import": {
      "internal": "Um trecho do arquivo exigiu tempo ou memória demais. Divida o arquivo ou corrija esse trecho.",
      "unreadable_workbook": "A planilha está danificada, protegida por senha, ou não é .xlsx.",
      "too_large": "A planilha é grande demais. Salve-a como CSV.",
      "no_header": "A primeira linha não tem os nomes das colunas.",
      "no_phone_column": "Nenhuma coluna foi reconhecida como telefone. Escolha qual é.",
      "unknown_column": "O mapa cita uma coluna que o arquivo não tem.",
      "no_text": "O arquivo não tem texto.",
      "wrong_format": "O arquivo é de outro tipo. Envie CSV, XLSX ou JSON Lines.",
      "too_many_columns": "O arquivo tem mais de 200 colunas.",
      "segment_deleted": "O segmento foi apagado durante a importação.",
      "no_file": "O arquivo não chegou a tempo. Importe de novo.",
      "file_replaced": "O arquivo foi trocado durante a importação. Importe de novo.",
      "no_connection": "A conexão foi apagada antes do fim.",
      "not_connected": "O número não está conectado. Conecte-o e importe de novo.",
      "unauthorized": "O servidor Evolution não aceitou a chave. Confira a conexão.",
      "instance_not_found": "O servidor Evolution não conhece a instância. Confira a conexão.",
      "not_evolution": "O endereço salvo não é de uma Evolution API. Confira a conexão.",
      "license_required": "O servidor Evolution pede uma licença antes de responder.",
      "unusable_connection": "A conexão não pode ser usada. Confira-a.",
      "timed_out": "O servidor Evolution demorou demais. Importe de novo mais tarde.",
      "connection_lost": "A conexão com o servidor Evolution caiu. Importe de novo.",
      "server_error": "O servidor Evolution falhou. Importe de novo mais tarde.",
      "answer_not_understood": "A resposta do servidor Evolution não foi entendida.",
      "too_many_contacts": "O servidor Evolution tem contatos demais para uma importação.",
      "no_answer": "Os contatos não chegaram em dez minutos. Importe de novo.",
      "unavailable": "O armazenamento não respondeu. Importe de novo."
    },
    "file": {
      "lines_above_header": "As linhas acima dos nomes das colunas não são importadas.",
      "attributes_not_imported": "Um contato guarda até 50 atributos: algumas colunas ficam de fora.",
      "empty_columns_not_imported": "Colunas vazias no começo do arquivo ficam de fora.",
      "repeated_columns": "Há colunas com o mesmo nome; as repetidas ganham um número.",
      "column_names_shortened": "Nomes de coluna com mais de 64 caracteres são encurtados.",
      "encoding_doubtful": "Algumas letras parecem erradas. Se os nomes estiverem estranhos, escolha outra opção em “Letras do arquivo”."
    },
    "pace": {
      "campaign": {
        "one": "Sai até {count} mensagem por minuto, o ritmo desta campanha.",
        "other": "Saem até {count} mensagens por minuto, o ritmo desta campanha."
      },
      "connection": {
        "one": "Sai até {count} mensagem por minuto, o limite do seu número.",
        "other": "Saem até {count} mensagens por minuto, o limite do seu número."
      },
      "share": {
        "one": "Sai até {count} mensagem por minuto: o número envia até {connection}, divididas com {others}.",
        "other": "Saem até {count} mensagens por minuto: o número envia até {connection}, divididas com {others}."
      },
      "room": "Nada sai neste instante: o servidor Evolution está lento e ainda não respondeu aos últimos envios. Continua assim que ele responder.",
      "window": "Nada sai agora: está fora do horário de envio.",
      "day": "Nada sai agora: o limite de mensagens deste dia já foi usado.",
      "warm_up": "Nada sai agora: o aquecimento permite {messages} neste dia, e esse limite já foi usado.",
      "first_contacts": "Nada sai agora: só restam pessoas que ainda não falaram com este número, e o limite de {contacts} já foi usado.",
      "blocked": "Nada sai agora, pelo motivo dito acima.",
      "none": "Não há mais nada para sair."
    }
  },
  "common": {
    "cancel": "Cancelar",
    "close": "Fechar",
    "loading": "Carregando",
    "more": "Mais",
    "retry": "Tentar de novo",
    "save": "Salvar",
    "undo": "Desfazer"
  },
  "connection": {
    "title": "Conexão",
    "check": "Testar agora",
    "checking": "Testando…",
    "checked": {
      "connected": "Testado agora: o número está conectado.",
      "connecting": "Testado agora: falta ler o QR code.",
      "disconnected": "Testado agora: o número está desconectado.",
      "error": "Testado agora: o número não pode enviar."
    },
    "edit": "Alterar a conexão",
    "linked": "Conectado. O número já pode enviar.",
    "since": "Conectado desde",
    "reported": "Detalhe técnico, em inglês:",
    "stopped": "O número está em observação: sai uma mensagem a cada 5 minutos até o WhatsApp confirmar uma. Por que parou: {reason}",
    "never": "ainda não",
    "facts": "Detalhes",
    "pace": "Limite do número",
    "pace_value": {
      "one": "até {count} mensagem por minuto",
      "other": "até {count} mensagens por minuto"
    },
    "concurrent": "Envios ao mesmo tempo",
    "concurrent_value": {
      "one": "{count} envio por vez",
      "other": "{count} envios por vez"
    },
    "instance": "Instância",
    "server": "Servidor",
    "last_check": "Último teste",
    "last_webhook": "Último aviso do WhatsApp",
    "last_status": "Última confirmação de entrega",
    "integration": {
      "title": "Tipo de conexão",
      "baileys": "WhatsApp Web (QR code)",
      "cloud_api": "API oficial da Meta"
    },
    "state": {
      "connected": "{name} está conectado e pode enviar.",
      "connecting": "{name} espera a leitura do QR code.",
      "disconnected": "{name} está desconectado. As campanhas esperam e continuam sozinhas quando você conectar o celular de novo.",
      "error": "{name} não pode enviar agora. O teste se repete sozinho, e as campanhas esperam."
    },
    "needs": {
      "lead": "Conecte o número que envia as campanhas. Tenha três coisas à mão:",
      "server": {
        "title": "O endereço do servidor Evolution",
        "text": "Quem cuida da Evolution API na sua empresa sabe: começa com https:// e é o mesmo para todos."
      },
      "key": {
        "title": "O nome da instância e a chave dela",
        "text": "Cada número tem a sua instância. A chave é guardada cifrada e nunca mais aparece."
      },
      "phone": {
        "title": "O celular com o WhatsApp",
        "text": "Para ler o QR code que aparece aqui depois de salvar."
      }
    },
    "form": {
      "title": "Dados da conexão",
      "change": "Alterar a conexão",
      "base_url": "Endereço do servidor",
      "base_url_hint": "Como no navegador, sem nada depois do nome do servidor.",
      "instance_name": "Nome da instância",
      "instance_hint": "Exatamente como na Evolution, com maiúsculas e minúsculas.",
      "api_key": "Chave da API",
      "api_key_hint": "A da instância, ou a do servidor.",
      "api_key_keep": "Deixe vazio para manter a chave atual. Outro servidor pede a chave de novo.",
      "pace": "Mensagens por minuto",
      "pace_hint": "Com um número novo, 20 ou menos.",
      "concurrent": "Envios ao mesmo tempo",
      "concurrent_hint": "Na dúvida, 1.",
      "save": "Salvar e testar",
      "saving": "Salvando e testando…"
    },
    "qr": {
      "title": "Conecte o celular",
      "alt": "QR code para ler com o WhatsApp",
      "step": {
        "1": "Abra o WhatsApp no celular deste número.",
        "2": "Toque em Mais opções ou Configurações, depois em Aparelhos conectados e Conectar aparelho.",
        "3": "Aponte a câmera para este código."
      },
      "pairing": "Ou digite este código no celular:",
      "renews": "O código se renova em {seconds} s.",
      "coming": "O código aparece em alguns segundos.",
      "waiting": "Esta página avisa assim que o número conectar."
    },
    "backfill": {
      "action": "Buscar confirmações perdidas",
      "started": "A busca começou: o WhatsApp é consultado sobre as mensagens das últimas 24 horas.",
      "text": {
        "one": "Buscando confirmações perdidas: {checked} de {count} mensagem conferida, {updated} com novidade.",
        "other": "Buscando confirmações perdidas: {checked} de {count} mensagens conferidas, {updated} com novidade."
      }
    },
    "delete": {
      "action": "Apagar a conexão",
      "title": "Apagar a conexão {name}?",
      "text": "Servidor, instância e chave são apagados. Campanhas em envio esperam e continuam com a próxima conexão que você salvar. O WhatsApp no celular não muda.",
      "confirm": "Apagar {name}",
      "done": "A conexão {name} foi apagada."
    },
    "limits": {
      "title": "Ritmo e limites",
      "change": "Mudar ritmo e limites",
      "save": "Salvar",
      "saved": "Ritmo e limites salvos. Já valem para o que ainda não saiu.",
      "none": "sem limite",
      "per_day": {
        "one": "até {count} por dia",
        "other": "até {count} por dia"
      },
      "max_messages_per_minute": "Mensagens por minuto",
      "max_messages_per_minute_hint": "Somando todas as campanhas. Com um número novo, 20 ou menos.",
      "max_concurrent_sends": "Envios ao mesmo tempo",
      "max_concurrent_sends_hint": "Na dúvida, 1.",
      "max_messages_per_day": "Mensagens por dia",
      "max_messages_per_day_hint": "Vazio: sem limite.",
      "max_first_contacts_per_day": "Primeiros contatos por dia",
      "max_first_contacts_per_day_hint": "Pessoas que nunca receberam uma mensagem sua nem escreveram. Vazio: sem limite.",
      "jitter": "Varia o intervalo",
      "jitter_hint": "Cada mensagem atrasa um pouco, ao acaso: intervalos todos iguais parecem um robô.",
      "jitter_none": "Não varia",
      "jitter_value": "Em até {share}%",
      "hours": "Horário de envio",
      "time_zone": "Fuso horário dos limites",
      "time_zone_hint": "Onde o dia começa e termina para estes limites.",
      "wrong": "Um número inteiro entre 1 e {most}.",
      "wrong_or_empty": "Um número inteiro entre 1 e {most}, ou vazio."
    },
    "used": {
      "unlimited": "Mensagens de hoje: {count}.",
      "messages": "Mensagens de hoje: {used} de {limit}.",
      "first_contacts": "Primeiros contatos de hoje: {used} de {limit}.",
      "left": {
        "one": "Resta {count}.",
        "other": "Restam {count}."
      },
      "over": "O limite acabou; o envio continua"
    },
    "warm_up": {
      "title": "Aquecimento do número",
      "off": "Sem aquecimento",
      "on": "Aumentar dia a dia",
      "hint": "Um número novo que envia muito de uma vez pode ser banido. Depois do último dia vale só o limite por dia, se houver.",
      "since": "Primeiro dia",
      "since_wrong": "Escolha o primeiro dia.",
      "limits": "Mensagens em cada dia",
      "limits_hint": "Um número para cada dia, com vírgulas entre eles.",
      "limits_wrong": "De 1 a 365 números inteiros, com vírgulas entre eles.",
      "ladder": "Usar os dias sugeridos",
      "now": {
        "one": "Hoje é o dia {day} de {days}: até {count} mensagem. O último dia é {last}.",
        "other": "Hoje é o dia {day} de {days}: até {count} mensagens. O último dia é {last}."
      },
      "begins": {
        "one": "Começa {day} com até {count} mensagem. Dias ao todo: {days}.",
        "other": "Começa {day} com até {count} mensagens. Dias ao todo: {days}."
      },
      "over": "Terminou {day}.",
      "picture": "{words} Dias ao todo: {days}; mensagens no último: até {last}.",
      "bar": {
        "one": "{day}: até {count} mensagem",
        "other": "{day}: até {count} mensagens"
      },
      "today": "hoje",
      "more": {
        "one": "e mais {count} dia",
        "other": "e mais {count} dias"
      },
      "table": "Ver como tabela",
      "chart": "Ver como gráfico",
      "day": "Dia",
      "day_now": "{day} (hoje)",
      "date": "Data",
      "limit": "Mensagens, até"
    },
    "advice": {
      "title": "Como não ser banido",
      "1": "Escreva só a quem pediu: quem não espera a mensagem denuncia.",
      "2": "Comece devagar com um número novo e aumente aos poucos, dia a dia.",
      "3": "Diga quem você é na primeira linha e como parar de receber na última.",
      "4": "Chame cada pessoa pelo nome: mil textos iguais parecem spam.",
      "5": "Responda a quem responde: conversas valem mais que envios."
    }
  },
  "contacts": {
    "title": "Contatos",
    "name": "Nome",
    "phone": "Telefone",
    "attributes": "Atributos",
    "since": "Desde",
    "nameless": "sem nome",
    "search": "Buscar por nome ou telefone",
    "and_more": "{shown} · e mais {count}",
    "import": "Importar contatos",
    "export": "Exportar todos os contatos",
    "empty": "Ainda não há contatos",
    "empty_text": "Traga-os de uma planilha com nome e telefone, ou adicione um agora.",
    "not_found": "Ninguém com “{search}”",
    "not_found_text": "A busca compara o começo das palavras do nome, e o começo ou o fim do telefone.",
    "add": {
      "action": "Adicionar contato",
      "title": "Novo contato",
      "phone_hint": "Com DDD; de outro país, com + na frente.",
      "name_hint": "Como a mensagem vai chamar a pessoa.",
      "phone_wrong": "Este telefone não pôde ser lido com certeza. Confira DDD e número.",
      "save": "Salvar contato",
      "done": "{name} foi adicionado aos contatos.",
      "known": "Este telefone já era um contato: {name}."
    }
  },
  "days": {
    "day": {
      "one": "{day}: {count} mensagem, das {from} às {to}",
      "other": "{day}: {count} mensagens, das {from} às {to}"
    },
    "more": {
      "one": "e mais {count} dia",
      "other": "e mais {count} dias"
    }
  },
  "dialog": {
    "type": "Para confirmar, digite: {name}"
  },
  "export": {
    "waiting": "A exportação começa em instantes.",
    "running": {
      "one": "Exportando: {rows} de {count} linha.",
      "other": "Exportando: {rows} de {count} linhas."
    },
    "progress": "Andamento da exportação",
    "cancel": "Parar",
    "download": "Baixar",
    "completed": {
      "one": "Arquivo pronto: {count} linha, {size}. Fica disponível até {time}.",
      "other": "Arquivo pronto: {count} linhas, {size}. Fica disponível até {time}."
    },
    "failed": "A exportação não terminou. Peça de novo.",
    "canceled": "A exportação foi parada, e o que estava escrito foi apagado.",
    "erased": "O arquivo foi apagado porque uma pessoa dele pediu para ser apagada. Peça de novo.",
    "expired": "O arquivo foi apagado depois de uma semana. Peça de novo."
  },
  "form": {
    "wrong": "Este valor não foi aceito. Detalhe técnico, em inglês: {message}"
  },
  "format": {
    "and": "{first} e {second}",
    "days": {
      "one": "{count} dia",
      "other": "{count} dias"
    },
    "hours": {
      "one": "{count} h",
      "other": "{count} h"
    },
    "minutes": {
      "one": "{count} min",
      "other": "{count} min"
    },
    "seconds": {
      "one": "{count} s",
      "other": "{count} s"
    },
    "today": "hoje {time}",
    "tomorrow": "amanhã {time}",
    "yesterday": "ontem {time}"
  },
  "imports": {
    "title": "Importações",
    "single": "Importação",
    "name": "Importação",
    "state": "Estado",
    "read": "Linhas",
    "created": "Novos",
    "updated": "Atualizados",
    "rejected": "Recusadas",
    "when": "Início",
    "ended": "Fim",
    "from": "Origem",
    "facts": "Detalhes",
    "yes": "sim",
    "from_file": "De um arquivo",
    "from_whatsapp": "Do WhatsApp conectado",
    "see_segment": "Ver o segmento",
    "another": "Importar outro arquivo",
    "warnings": "O que foi lido diferente do arquivo",
    "format": {
      "csv": "Arquivo CSV",
      "xlsx": "Planilha XLSX",
      "jsonl": "Arquivo JSON Lines"
    },
    "progress": "{read} de {total} lidos",
    "rate": {
      "one": "{count} linha por segundo",
      "other": "{count} linhas por segundo"
    },
    "part": {
      "created": {
        "one": "{count} novo",
        "other": "{count} novos"
      },
      "updated": {
        "one": "{count} atualizado",
        "other": "{count} atualizados"
      },
      "unchanged": {
        "one": "{count} sem mudança",
        "other": "{count} sem mudança"
      },
      "rejected": {
        "one": "{count} recusada",
        "other": "{count} recusadas"
      }
    },
    "sentence": {
      "waiting": "Esperando o arquivo. A importação começa sozinha quando ele chegar.",
      "fetching": "Buscando os contatos no servidor Evolution. A importação começa sozinha depois.",
      "starting": "O arquivo chegou. A leitura está começando.",
      "running": {
        "one": "{count} linha lida até agora.",
        "other": "{count} linhas lidas até agora."
      },
      "remaining": {
        "one": "{count} linha lida até agora; tempo restante: cerca de {left}.",
        "other": "{count} linhas lidas até agora; tempo restante: cerca de {left}."
      },
      "failed": "A importação não chegou ao fim. O que já tinha entrado fica.",
      "canceled": "Você cancelou a importação. O que já tinha entrado fica.",
      "nothing": "Nenhuma linha foi lida.",
      "counts": {
        "one": "{count} linha lida: {created}, {updated}, {unchanged}.",
        "other": "{count} linhas lidas: {created}, {updated}, {unchanged}."
      },
      "created": {
        "one": "{count} contato novo",
        "other": "{count} contatos novos"
      },
      "rejected": {
        "one": "{count} linha foi recusada; o motivo está abaixo.",
        "other": "{count} linhas foram recusadas; os motivos estão abaixo."
      }
    },
    "rejects": {
      "title": "Linhas recusadas, por motivo",
      "line": "Linha",
      "row": "Texto no arquivo",
      "count": {
        "one": "{count} linha",
        "other": "{count} linhas"
      },
      "more": {
        "one": "e mais {count} no arquivo",
        "other": "e mais {count} no arquivo"
      },
      "hint": "O arquivo tem a linha, o motivo e o texto de cada uma. Corrija-as e importe só elas.",
      "download": "Baixar as linhas recusadas"
    },
    "cancel": {
      "action": "Cancelar a importação",
      "title": "Cancelar a importação “{name}”?",
      "text": "A leitura para no próximo lote. Os contatos que já entraram ficam."
    },
    "empty": {
      "title": "Nenhuma importação ainda",
      "text": "Traga os seus contatos de uma planilha. Você vê como cada linha será lida antes de importar."
    },
    "drop": {
      "title": "Solte o arquivo aqui",
      "title_touch": "Escolha o arquivo",
      "text": "CSV, XLSX ou JSON Lines, até 2 GB",
      "choose": "Escolher arquivo",
      "other": "Escolher outro"
    },
    "new": {
      "title": "Nova importação",
      "action": "Importar contatos",
      "start": "Importar",
      "source": "De onde vêm os contatos",
      "where": "Para onde vão",
      "reading": "Como o arquivo é lido",
      "sending": "Enviando {name}: {share}. Deixe esta página aberta até o fim do envio.",
      "unseen": "A planilha tem {size} e é grande demais para mostrar antes. As colunas serão reconhecidas pelos nomes; para conferir antes, salve-a como CSV.",
      "whatsapp": "Importa os contatos que o servidor Evolution conhece do seu número, com o nome que cada pessoa escolheu no WhatsApp. Grupos e canais ficam de fora.",
      "whatsapp_check": "A Evolution guarda também membros de grupos a quem você nunca escreveu, sem marcá-los. Confira o segmento antes de enviar."
    },
    "into": {
      "title": "Segmento",
      "new": "Novo segmento",
      "existing": "Segmento existente",
      "none": "Nenhum",
      "name": "Nome do segmento",
      "which": "Qual segmento",
      "choose": "Escolha…"
    },
    "consent": {
      "title": "Por que você pode escrever a estas pessoas",
      "basis": "Base legal (LGPD, artigo 7)",
      "hint": "Vale para as linhas que não dizem outra coisa em uma coluna de consentimento. Fica registrado em cada contato.",
      "none": "Não registrar agora",
      "source": "Onde foi dada",
      "source_hint": "Por exemplo: formulário do site, balcão da loja."
    },
    "basis": {
      "consent": "Consentimento da pessoa",
      "contract": "Contrato",
      "legitimate_interest": "Legítimo interesse",
      "legal_obligation": "Obrigação legal",
      "public_policy": "Política pública",
      "research": "Pesquisa",
      "legal_proceedings": "Processo judicial",
      "protection_of_life": "Proteção da vida",
      "health_protection": "Tutela da saúde",
      "credit_protection": "Proteção do crédito"
    },
    "old_numbers": "A lista é de antes de 2017",
    "old_numbers_hint": "Celulares brasileiros de oito dígitos recebem o nono dígito. Sem isto, são recusados.",
    "encoding": {
      "title": "Letras do arquivo",
      "hint": "Mude só se os acentos aparecerem errados acima.",
      "detect": "Reconhecer automaticamente",
      "utf-8": "UTF-8",
      "cp1252": "Windows (1252)",
      "cp850": "Programas antigos, DOS (850)",
      "mac-roman": "Excel em Mac antigo",
      "utf-16": "UTF-16"
    },
    "preview": {
      "label": "Primeiras linhas, como serão lidas",
      "as_read": "Como será lida",
      "line": "Linha {line}:",
      "unnamed": "sem nome, não importada",
      "attribute": "Nome do atributo para a coluna {name}",
      "tab": "tabulação",
      "failed": "Assim o arquivo ainda não pode ser importado.",
      "begun": "Só o começo do arquivo foi conferido; a importação lê o arquivo todo.",
      "all": {
        "one": "{count} linha conferida: será importada.",
        "other": "{count} linhas conferidas: todas serão importadas."
      },
      "some": {
        "one": "{count} linha conferida: {good} e {bad}.",
        "other": "{count} linhas conferidas: {good} e {bad}."
      },
      "good": {
        "one": "{count} será importada",
        "other": "{count} serão importadas"
      },
      "bad": {
        "one": "{count} será recusada",
        "other": "{count} serão recusadas"
      },
      "because": "{count} × {reason}",
      "map": "Confira o que cada coluna vira. Mude no menu acima dela o que não estiver certo.",
      "written": "Lido como {encoding}, com colunas separadas por “{delimiter}”.",
      "encoded": "Lido como {encoding}."
    },
    "role": {
      "phone": "Telefone",
      "phone_area_code": "DDD",
      "phone_country_code": "Código do país",
      "name": "Nome",
      "consent_basis": "Consentimento: base",
      "consent_source": "Consentimento: origem",
      "consent_at": "Consentimento: data",
      "attribute": "Atributo",
      "none": "Não importar"
    }
  },
  "opt_outs": {
    "title": "Descadastros",
    "lead": "Nenhuma campanha escreve para estes telefones. Quem responde SAIR entra aqui automaticamente.",
    "hidden": "De quem não está nos contatos fica só uma marca cifrada, sem o telefone.",
    "no_phone": "fora dos contatos",
    "reason": "Motivo",
    "at": "Desde",
    "actions": "Ações",
    "export": "Exportar descadastros",
    "source": {
      "title": "Origem",
      "api": "Registrado por você",
      "reply": "Pedido por mensagem",
      "erasure": "Pessoa apagada a pedido",
      "import": "Veio de uma importação"
    },
    "empty": "Ninguém pediu para sair",
    "empty_text": "Quem responde SAIR, PARAR ou uma frase assim aparece aqui e não recebe mais nada.",
    "add": {
      "action": "Adicionar descadastro",
      "title": "Quem não recebe mais",
      "phones": "Telefones",
      "phones_hint": "Um por linha. Uma campanha em envio também passa a pulá-los.",
      "reason_hint": "Se ajudar depois, como “pediu por telefone”.",
      "save": "Não escrever mais",
      "wrong": "Não pôde ser lido com certeza: {phones}. Nada foi salvo.",
      "done": {
        "one": "{count} telefone não recebe mais nada.",
        "other": "{count} telefones não recebem mais nada."
      },
      "skipped": {
        "one": "{count} mensagem que aguardava foi pulada.",
        "other": "{count} mensagens que aguardavam foram puladas."
      }
    },
    "by_phone": {
      "action": "Remover um descadastro pelo telefone",
      "title": "Remover um descadastro",
      "hint": "Serve também para quem não está mais nos contatos."
    },
    "remove": {
      "short": "Remover",
      "label": "Remover o descadastro de {phone}",
      "title": "Voltar a escrever para {phone}?",
      "action": "Remover o descadastro",
      "api": "Campanhas voltam a escrever para este telefone. Faça isto só se a pessoa pediu.",
      "reply": "Esta pessoa pediu por mensagem para não receber mais. Remova só se ela pediu para voltar.",
      "erasure": "Esta pessoa foi apagada a pedido dela. Remova só se ela pediu para ser cadastrada de novo: o telefone pode então ser salvo outra vez.",
      "import": "O descadastro veio de uma lista importada. Remova só se a pessoa pediu para voltar.",
      "done": "{phone} pode receber mensagens de novo."
    }
  },
  "overview": {
    "title": "Visão geral",
    "new": "Nova campanha",
    "now": "Saindo agora",
    "waiting": "Esperando por você",
    "next": "Em seguida",
    "all": "Desde o começo",
    "see": "Ver",
    "import": "sua importação",
    "connect": "Abrir conexão",
    "sentence": {
      "running": {
        "one": "{count} campanha em envio: a mensagem já chegou a {delivered} de {total} pessoas.",
        "other": "{count} campanhas em envio: a mensagem já chegou a {delivered} de {total} pessoas."
      },
      "held": {
        "one": "{count} campanha em espera: a mensagem já chegou a {delivered} de {total} pessoas. Nada está saindo agora.",
        "other": "{count} campanhas em espera: a mensagem já chegou a {delivered} de {total} pessoas. Nada está saindo agora."
      },
      "scheduled": "Nada está saindo agora. A próxima é {name}, {time}.",
      "quiet": "Nada está saindo agora, e nada está agendado.",
      "fresh": {
        "one": "Falta um passo até a primeira campanha. Nada é enviado antes de você mandar.",
        "other": "Faltam {count} passos até a primeira campanha. Nada é enviado antes de você mandar."
      }
    },
    "progress": "{delivered} de {total} entregues.",
    "expected": "Termina por volta de {time}, a {pace} por minuto.",
    "sums": "{delivered} de {total} mensagens entregues, em todas as campanhas.",
    "paused": {
      "one": "Pausada: {count} pessoa ainda aguarda. Nada sai até você retomar.",
      "other": "Pausada: {count} pessoas ainda aguardam. Nada sai até você retomar."
    },
    "rejects": {
      "one": "{name}: {count} linha não foi importada.",
      "other": "{name}: {count} linhas não foram importadas."
    },
    "part": {
      "delivered": {
        "one": "{count} entregue",
        "other": "{count} entregues"
      },
      "failed": {
        "one": "{count} falhou",
        "other": "{count} falharam"
      },
      "skipped": {
        "one": "{count} pulada",
        "other": "{count} puladas"
      },
      "pending": {
        "one": "{count} sem resultado ainda",
        "other": "{count} sem resultado ainda"
      },
      "unconfirmed": {
        "one": "{count} sem confirmação",
        "other": "{count} sem confirmação"
      },
      "open": {
        "one": "{count} sem resultado ainda",
        "other": "{count} sem resultado ainda"
      }
    },
    "count": {
      "running": {
        "one": "em envio",
        "other": "em envio"
      },
      "held": {
        "one": "em espera",
        "other": "em espera"
      },
      "scheduled": {
        "one": "agendada",
        "other": "agendadas"
      },
      "draft": {
        "one": "rascunho",
        "other": "rascunhos"
      },
      "paused": {
        "one": "pausada",
        "other": "pausadas"
      },
      "completed": {
        "one": "concluída",
        "other": "concluídas"
      },
      "failed": {
        "one": "falhou",
        "other": "falharam"
      },
      "canceled": {
        "one": "cancelada",
        "other": "canceladas"
      }
    },
    "connection": {
      "none": "Não há um número conectado. As campanhas esperam e continuam sozinhas quando você conectar um.",
      "disconnected": "O WhatsApp desconectou o seu número. As campanhas esperam e continuam sozinhas quando você conectar o celular de novo.",
      "connecting": "O seu número espera a leitura do QR code. As campanhas continuam sozinhas depois disso.",
      "error": "O seu número não pode enviar agora. As campanhas esperam e continuam sozinhas quando o problema passar."
    },
    "steps": {
      "title": "Primeiros passos",
      "done": "feito",
      "connect": {
        "title": "Conecte o seu número",
        "text": "Você precisa do celular e de três dados de quem cuida do servidor Evolution: endereço, instância e chave. Com eles à mão, leva dois minutos.",
        "action": "Conectar número"
      },
      "import": {
        "title": "Traga os seus contatos",
        "text": "De uma planilha, com nome e telefone. Você vê como cada linha será lida antes de importar.",
        "action": "Importar contatos"
      },
      "template": {
        "title": "Escreva a mensagem",
        "text": "Um modelo que chama cada pessoa pelo nome. Ao lado você vê como a mensagem chega.",
        "action": "Criar modelo"
      },
      "campaign": {
        "title": "Envie a campanha",
        "text": "Antes de começar, você vê quantas pessoas recebem, quando começa e quando termina.",
        "action": "Criar campanha"
      }
    }
  },
  "pace": {
    "title": "Ritmo agora",
    "next": "Próxima mensagem",
    "minute": "No último minuto",
    "today": "Hoje, por este número",
    "first_contacts": "Primeiros contatos de hoje",
    "warm_up": "Aquecimento",
    "closes": "O horário de envio fecha",
    "messages": {
      "one": "{count} mensagem",
      "other": "{count} mensagens"
    },
    "contacts": {
      "one": "{count} por dia",
      "other": "{count} por dia"
    },
    "others": {
      "one": "mais {count} campanha",
      "other": "mais {count} campanhas"
    },
    "of_connection": "{sent} desta campanha; {all} pelo número ao todo",
    "used": {
      "one": "{used} de até {count}",
      "other": "{used} de até {count}"
    },
    "warm_up_day": "dia {day} de {days}",
    "continues": "Continua sozinha {time}."
  },
  "person": {
    "title": "Pessoa",
    "facts": "O que sabemos",
    "yes": "sim",
    "no": "não",
    "segments": "Segmentos",
    "created_at": "Contato desde",
    "not_on_whatsapp": "Visto sem WhatsApp",
    "sentence": {
      "opted_out": "Pediu para não receber: nenhuma campanha escreve para esta pessoa.",
      "not_on_whatsapp": "O número não estava no WhatsApp na última tentativa: as campanhas pulam este contato por um tempo.",
      "with_consent": "Pode receber campanhas, e a base legal está registrada.",
      "without_consent": "Pode receber campanhas; não há base legal registrada."
    },
    "consent": {
      "title": "Base legal (LGPD)",
      "none": "nenhuma registrada",
      "consent": "consentimento",
      "legal_obligation": "obrigação legal",
      "public_policy": "política pública",
      "research": "pesquisa",
      "contract": "contrato",
      "legal_proceedings": "processo judicial",
      "protection_of_life": "proteção da vida",
      "health_protection": "tutela da saúde",
      "legitimate_interest": "legítimo interesse",
      "credit_protection": "proteção do crédito"
    },
    "action": {
      "edit": "Alterar",
      "opt_out": "Não escrever mais",
      "opt_in": "Voltar a escrever",
      "export": "Baixar os dados da pessoa",
      "delete": "Apagar dos contatos",
      "erase": "Apagar a pessoa (LGPD)"
    },
    "form": {
      "title": "Alterar os dados",
      "value": "Valor",
      "value_of": "Valor de {name}",
      "name": "Nome do atributo",
      "remove": "Remover o atributo {name}",
      "add": "Adicionar atributo",
      "consent_hint": "Por que você pode escrever a esta pessoa.",
      "source": "De onde veio",
      "source_hint": "Como “formulário do site”.",
      "done": "Salvo."
    },
    "messages": {
      "title": "Mensagens",
      "empty": "Ainda não recebeu nada",
      "empty_text": "Cada mensagem de campanha a esta pessoa aparece aqui, com tudo o que aconteceu com ela.",
      "direct": "Fora de campanhas, nos últimos três dias",
      "trial": "Mensagem de teste",
      "confirmation": "Confirmação de descadastro",
      "no_text": "O texto não existe mais.",
      "earlier_phone": "Enviada ao telefone anterior, {phone}.",
      "open": "Ver a campanha"
    },
    "opted_out": "{name} não recebe mais nada.",
    "opted_in": "{name} pode receber mensagens de novo.",
    "exported": {
      "one": "Os dados de {name} foram baixados, com {count} mensagem.",
      "other": "Os dados de {name} foram baixados, com {count} mensagens."
    },
    "delete": {
      "title": "Apagar {name} dos contatos?",
      "text": "O contato sai da sua lista e dos segmentos. As mensagens já enviadas ficam, com o telefone. Para apagar tudo a pedido da pessoa, use “Apagar a pessoa (LGPD)”.",
      "action": "Apagar o contato",
      "done": "{name} foi apagado dos contatos."
    },
    "erase": {
      "title": "Apagar {name} para sempre?",
      "action": "Apagar a pessoa",
      "goes": "São apagados o contato, o telefone e os valores em todas as mensagens, e também os arquivos exportados. O que ainda aguarda não sai.",
      "stays": "Ficam as contagens das campanhas, sem nome nem telefone, e uma marca cifrada para que o telefone não seja salvo nem receba mensagens de novo.",
      "not_reached": "O Hidra não alcança o que está no seu servidor Evolution e no celular: apague lá também."
    },
    "erased": {
      "title": "Pessoa apagada",
      "done": "A pessoa foi apagada",
      "messages": {
        "one": "O conteúdo de {count} mensagem foi apagado.",
        "other": "O conteúdo de {count} mensagens foi apagado."
      },
      "skipped": {
        "one": "{count} que aguardava não sai mais.",
        "other": "{count} que aguardavam não saem mais."
      },
      "stays": "Ficam as contagens, e uma marca cifrada que impede salvar este telefone de novo. Apague a conversa também no celular e no servidor Evolution."
    }
  },
  "picker": {
    "search": "Buscar em {label}",
    "placeholder": "Buscar",
    "nothing": "Nada com este nome.",
    "more": {
      "one": "Mais {count}: busque pelo nome.",
      "other": "Mais {count}: busque pelo nome."
    }
  },
  "problem": {
    "network": "A rede não respondeu. Verifique a conexão com a internet; nada do que você digitou se perdeu."
  },
  "read_as": {
    "label": "Como as pessoas vão ler",
    "nothing": "A mensagem aparece aqui enquanto você escreve.",
    "who": "Como {name} vai ler",
    "previous": "Pessoa anterior",
    "next": "Próxima pessoa",
    "no_contacts": "Não há contatos para mostrar: as variáveis ficam como estão escritas.",
    "missing": "Sem valor: {names}. Esta pessoa não receberia a mensagem.",
    "long": "Com estes valores o texto passa de {limit} caracteres; a API oficial da Meta o recusa."
  },
  "segments": {
    "title": "Segmentos",
    "single": "Segmento",
    "new": "Novo segmento",
    "create": "Criar segmento",
    "name": "Nome",
    "size": "Pessoas",
    "description": "Descrição",
    "description_hint": "Só para você, por exemplo de onde veio a lista.",
    "created": "Criado",
    "rename": "Mudar nome e descrição",
    "import": "Importar contatos para este segmento",
    "use": "Usar em uma campanha",
    "people": "Pessoas do segmento",
    "actions": "Ações",
    "person": "Nome",
    "phone": "Telefone",
    "nameless": "sem nome",
    "sentence": {
      "one": "{count} pessoa neste segmento.",
      "other": "{count} pessoas neste segmento."
    },
    "added": {
      "one": "{count} pessoa entrou em {name}.",
      "other": "{count} pessoas entraram em {name}."
    },
    "way": {
      "search": "Adicionar pessoas",
      "filter": "Adicionar por filtro",
      "merge": "Juntar outros segmentos",
      "subtract": "Tirar quem está em outros"
    },
    "no_people": {
      "title": "Ninguém neste segmento ainda",
      "text": "Adicione pessoas uma a uma, por um filtro, de outros segmentos, ou importe um arquivo."
    },
    "empty": {
      "title": "Nenhum segmento ainda",
      "text": "Um segmento é o grupo de pessoas que recebe uma campanha. Uma importação cria um; aqui você monta outros."
    },
    "search": {
      "label": "Nome ou telefone",
      "were": "Já estava em {name}.",
      "nothing": "Ninguém com este nome ou telefone.",
      "no_contacts": "Ainda não há contatos. Importe um arquivo primeiro.",
      "add": "Adicionar",
      "added": "Adicionada",
      "all": {
        "one": "Adicionar {count} encontrada",
        "other": "Adicionar as {count} encontradas"
      }
    },
    "drop": {
      "action": "Tirar",
      "done": "{name} saiu do segmento."
    },
    "delete": {
      "action": "Apagar o segmento",
      "title": "Apagar o segmento {name}?",
      "text": "Só o grupo é apagado; as pessoas continuam nos seus contatos.",
      "confirm": "Apagar {name}",
      "done": "O segmento {name} foi apagado."
    },
    "others": {
      "nothing": "Não há outro segmento.",
      "merge": "As pessoas dos segmentos escolhidos entram neste; os outros não mudam.",
      "subtract": "Quem está nos segmentos escolhidos sai deste; os outros não mudam.",
      "merge_action": "Juntar",
      "subtract_action": "Tirar do segmento",
      "merge_done": {
        "one": "{count} pessoa entrou em {name}.",
        "other": "{count} pessoas entraram em {name}."
      },
      "subtract_done": {
        "one": "{count} pessoa saiu de {name}.",
        "other": "{count} pessoas saíram de {name}."
      },
      "sure": "Tirar pessoas de {name}?",
      "sure_text": "Sai deste segmento quem está em: {names}."
    },
    "filter": {
      "join": "Quem entra",
      "all": "Cumpre todas as condições",
      "any": "Cumpre pelo menos uma",
      "none": "Não cumpre nenhuma",
      "add": "Mais uma condição",
      "add_group": "Grupo de condições",
      "group": "Grupo de condições",
      "remove": "Tirar a condição",
      "field": "Campo",
      "op": "Comparação",
      "value": "Valor",
      "attributes": "Atributos",
      "list": "Separe por vírgula",
      "incomplete": "Complete as condições para ver quantas pessoas são.",
      "count": {
        "one": "{count} pessoa corresponde agora.",
        "other": "{count} pessoas correspondem agora."
      },
      "such_as": "Por exemplo: {names}.",
      "action": {
        "one": "Adicionar {count} pessoa",
        "other": "Adicionar {count} pessoas"
      },
      "action_none": "Adicionar"
    },
    "field": {
      "name": "Nome",
      "phone": "Telefone",
      "last_contacted": "Última mensagem",
      "consent_basis": "Base legal",
      "consent_source": "Origem do consentimento",
      "consent_at": "Data do consentimento"
    },
    "op": {
      "contains": "contém",
      "eq": "é igual a",
      "ne": "é diferente de",
      "in": "é um destes",
      "prefix": "começa com",
      "filled": "está preenchido",
      "empty": "está vazio",
      "older_than_days": "há mais de (dias)",
      "before": "antes de",
      "after": "depois de",
      "gte": "é no mínimo",
      "lte": "é no máximo",
      "gt": "é maior que",
      "lt": "é menor que"
    }
  },
  "settings": {
    "title": "Ajustes",
    "appearance": "Aparência",
    "language": {
      "title": "Idioma",
      "pt-BR": "Português",
      "en": "English"
    },
    "theme": {
      "title": "Tema",
      "system": "Do sistema",
      "light": "Claro",
      "dark": "Escuro"
    },
    "account": "Conta",
    "name": "Nome",
    "email": "E-mail",
    "role": "Acesso",
    "admin": "Administração",
    "user": "Campanhas",
    "zone": "Fuso horário",
    "api": "Endereço da API",
    "sign_out": "Sair"
  },
  "shell": {
    "pages": "Páginas",
    "skip": "Ir para o conteúdo",
    "pace": "limite {pace}/min",
    "offline": "Sem resposta da rede. O que você vê pode estar desatualizado; continuamos tentando.",
    "notice": "Este sistema usa a Evolution API para enviar mensagens de WhatsApp.",
    "not_found": "Não encontrado",
    "not_found_text": "Não há nada neste endereço, ou pertence a outra conta."
  },
  "signin": {
    "title": "Campanhas de WhatsApp pelo seu próprio número",
    "text": "Entre com a conta da sua empresa para ver o que está saindo, quem recebeu e o que vem depois.",
    "expired": "Sua sessão terminou. Entre de novo para voltar a esta mesma página.",
    "failed": "O servidor de contas não completou a entrada. Tente de novo; se continuar assim, avise quem administra o Hidra.",
    "action": "Entrar"
  },
  "status": {
    "campaign": {
      "draft": "rascunho",
      "scheduled": "agendada",
      "running": "em envio",
      "blocked": "em espera",
      "paused": "pausada",
      "completed": "concluída",
      "failed": "falhou",
      "canceled": "cancelada"
    },
    "recipient": {
      "pending": "aguardando",
      "sending": "enviando",
      "unknown": "em dúvida",
      "sent": "enviada, sem confirmação",
      "delivered": "entregue",
      "read": "lida",
      "failed": "falhou",
      "skipped": "pulada"
    },
    "job": {
      "waiting": "aguardando",
      "running": "em andamento",
      "completed": "concluída",
      "failed": "falhou",
      "canceled": "cancelada"
    },
    "connection": {
      "connected": "conectado",
      "connecting": "conectando",
      "disconnected": "desconectado",
      "error": "com problema",
      "none": "sem número"
    }
  },
  "story": {
    "claimed_at": "Envio iniciado",
    "sent_at": "Enviada",
    "acked_at": "Aceita pelo WhatsApp",
    "delivered_at": "Entregue no celular",
    "read_at": "Lida",
    "replied_at": "Respondeu",
    "failed_at": "Falhou",
    "reported": "Detalhe técnico, em inglês:",
    "unknown": "Não se sabe se a mensagem saiu. O Hidra consulta o servidor e não reenvia enquanto houver dúvida.",
    "waiting": "Aguarda a sua vez. Nada saiu ainda.",
    "nothing": "Nada foi enviado a esta pessoa.",
    "attempts": {
      "one": "{count} tentativa.",
      "other": "{count} tentativas."
    },
    "id": "No WhatsApp:"
  },
  "table": {
    "first": "Primeira página",
    "next": "Próxima página",
    "pages": "Páginas da lista"
  },
  "templates": {
    "title": "Modelos",
    "single": "Modelo",
    "new": "Novo modelo",
    "name": "Nome do modelo",
    "name_hint": "Só para você; as pessoas não veem.",
    "text": "Texto",
    "caption": "Legenda",
    "media": "Mídia",
    "no_media": "Sem mídia",
    "created": "Criado",
    "save": "Salvar modelo",
    "saved": "{name} foi salvo.",
    "use": "Usar em uma campanha",
    "count": "{used} de {limit} caracteres.",
    "braces": "Digite {{ para inserir um dado da pessoa. *Entre asteriscos* fica em negrito.",
    "variables": "Dados das pessoas",
    "audio": "O WhatsApp não mostra texto junto com áudio.",
    "url": "Endereço da mídia",
    "url_hint": "Público, com https://. O servidor Evolution baixa o arquivo a cada envio; aqui ele aparece só pelo nome.",
    "file_name": "Nome do arquivo",
    "file_name_hint": "Como a pessoa o vê, por exemplo Contrato.pdf.",
    "warned": {
      "single-braces": "chaves simples",
      "other-placeholders": "marcas de outro sistema",
      "text-too-long": "longo demais"
    },
    "empty": {
      "title": "Nenhum modelo ainda",
      "text": "Um modelo é o texto da campanha, com o nome e os dados de cada pessoa. Você vê a mensagem como cada uma vai receber."
    },
    "delete": {
      "action": "Apagar o modelo",
      "title": "Apagar o modelo {name}?",
      "text": "Campanhas que já começaram mantêm o texto delas.",
      "confirm": "Apagar {name}",
      "done": "O modelo {name} foi apagado."
    }
  },
  "unsaved": {
    "title": "Sair sem salvar?",
    "text": "O que você mudou ainda não foi salvo e se perde: {names}.",
    "leave": "Sair sem salvar",
    "stay": "Continuar aqui"
  },
  "window": {
    "label": "Em que horário pode sair",
    "any": "A qualquer hora",
    "inherited": "O mesmo do número",
    "hours": "Só nestes horários",
    "zone": "{zone}.",
    "range": "Horário {count}",
    "from": "Das",
    "to": "Até",
    "add": "Adicionar horário",
    "remove": "Tirar o horário {count}",
    "wrong": "Cada horário precisa de um dia, e o começo e o fim não podem ser iguais."
  },
  "wizard": {
    "title": "Nova campanha",
    "edit": "Editar campanha",
    "edit_title": "Campanha sem nome",
    "continue": "Continuar",
    "save": "Salvar alterações",
    "go": "Começar a campanha",
    "schedule": "Agendar a campanha",
    "name": "Nome da campanha",
    "name_hint": "Só você vê este nome",
    "name_wrong": "Dê um nome à campanha.",
    "labels": "Etiquetas",
    "labels_hint": "Opcional. Digite uma palavra e tecle Enter.",
    "remove_label": "Tirar a etiqueta {label}",
    "is_scheduled": "Esta campanha está agendada: começa {time}. As alterações valem quando você salvar.",
    "started": "Esta campanha não está mais em preparo: texto, público e horário não mudam.",
    "started_action": "Ver a campanha",
    "step": {
      "audience": "Quem",
      "message": "O quê",
      "time": "Quando",
      "check": "Conferir"
    },
    "question": {
      "audience": "Quem recebe, e quem fica de fora.",
      "message": "A mensagem, como uma das pessoas vai ler.",
      "time": "Quando começa e com que ritmo sai.",
      "check": "O que vai acontecer, com os dados atuais. Nada sai antes da sua confirmação.",
      "scheduled": "O que vai acontecer, com os dados atuais."
    },
    "people": {
      "one": "{count} pessoa",
      "other": "{count} pessoas"
    },
    "people_at_most": {
      "one": "{count} pessoa no segmento",
      "other": "{count} pessoas no segmento"
    },
    "starts": "começa {time}",
    "starts_now": "começa ao confirmar",
    "ends": "termina {time}",
    "ends_late": "termina em mais de um ano",
    "summary": {
      "title": "Resumo da campanha",
      "nothing": "Escolha quem recebe.",
      "pace": "ritmo da campanha: até {pace} por minuto"
    },
    "saved": {
      "failed": "Não salvo. {reason}",
      "missing": "Ainda não salvo. Para salvar, preencha: {names}.",
      "wrong": "Há um valor a corrigir antes de continuar.",
      "not_yet": "Há alterações que não foram salvas.",
      "scheduled": "Tudo salvo. A campanha continua agendada.",
      "now": "Salvando o rascunho…",
      "draft": "Rascunho salvo.",
      "done": "As alterações foram salvas."
    },
    "missing": {
      "segment_id": "segmento",
      "template_id": "modelo",
      "name": "nome"
    },
    "audience": {
      "segment": "Segmento",
      "empty": "Ainda não há segmentos",
      "empty_text": "Um segmento é um grupo dos seus contatos. Cada importação cria um.",
      "import": "Trazer contatos",
      "exclude": "Deixar de fora quem está em outros segmentos",
      "excluded": {
        "one": "Fica de fora quem está em {count} outro segmento",
        "other": "Fica de fora quem está em {count} outros segmentos"
      },
      "exclude_label": "Quem está nestes segmentos não recebe",
      "recent": "Não escrever a quem recebeu uma campanha há pouco tempo",
      "absent": "Não escrever a números que não estavam no WhatsApp",
      "days": "Quantos dias para trás",
      "days_wrong": "Um número de dias entre {least} e 365.",
      "opted_out": "Quem pediu para sair nunca recebe."
    },
    "message": {
      "template": "Modelo",
      "reads": "Como a mensagem chega",
      "edit": "Abrir este modelo",
      "empty": "Ainda não há modelos",
      "empty_text": "Um modelo é o texto da mensagem, com o nome e outros dados de cada pessoa.",
      "create": "Criar modelo"
    },
    "time": {
      "start": "Começo",
      "now": "Quando eu confirmar",
      "later": "No dia e hora que eu escolher",
      "at": "Começa em",
      "zone": "{zone}, o deste aparelho.",
      "at_wrong": "Escolha um momento no futuro.",
      "until": "Não começar depois de",
      "until_hint": "Opcional: se até lá não puder começar, ela falha em vez de sair tarde.",
      "until_wrong": "Este limite precisa ser depois do começo.",
      "pace": "Mensagens por minuto",
      "pace_hint": "Com um número conectado por QR code, o mais seguro é até 20.",
      "slower": "O número envia no máximo {pace} por minuto, e é esse limite que vale.",
      "pace_wrong": "Um número entre 1 e 6.000.",
      "takes": {
        "one": "O envio a {count} pessoa leva {duration}.",
        "other": "O envio a {count} pessoas leva {duration}."
      },
      "days": "Os dias do envio"
    },
    "check": {
      "unsaved": "Estes números são de antes das suas alterações. Salve para conferir o que muda.",
      "no_people": "O segmento não tem pessoas.",
      "all": {
        "one": "{count} pessoa recebe.",
        "other": "Todas as {count} pessoas recebem."
      },
      "some": {
        "one": "{count} de {recipients} pessoas recebe.",
        "other": "{count} de {recipients} pessoas recebem."
      },
      "through": "A mensagem sai pelo número {name}.",
      "begins": "Começa {time}",
      "begins_now": "Começa quando você confirmar",
      "ends": "e termina por volta de {time}, {duration} depois.",
      "ends_late": "e leva mais de um ano.",
      "receive": {
        "one": "{count} recebe",
        "other": "{count} recebem"
      },
      "left_out": {
        "one": "{count} não recebe",
        "other": "{count} não recebem"
      },
      "will_not": "Quem não recebe, e por quê",
      "lacks": "sem valor: {names}",
      "more": {
        "one": "e mais {count}",
        "other": "e mais {count}"
      },
      "connect": "Abrir conexão",
      "change_time": "Mudar o ritmo",
      "change_audience": "Mudar o público",
      "change_message": "Mudar a mensagem"
    },
    "test": {
      "title": "Teste no seu número",
      "text": "Com os dados de {name}. O teste não entra nas contagens.",
      "raw": "O teste não entra nas contagens.",
      "phone": "Telefone",
      "phone_wrong": "Confira DDD e número.",
      "send": "Enviar teste",
      "sending": "Enviando…",
      "sent": "O teste saiu. Confira no celular.",
      "refused": "O servidor recusou o teste:",
      "not_sent": "O teste não saiu. Tente de novo em um minuto.",
      "unknown": "Não dá para saber se o teste saiu. Olhe o celular antes de tentar de novo."
    },
    "start": {
      "title_now": "Começar {name}?",
      "title_later": "Agendar {name}?",
      "reaches": {
        "one": "{count} pessoa recebe, pelo número {name}.",
        "other": "{count} pessoas recebem, pelo número {name}."
      },
      "not_connected": "O número não está conectado: nada sai até que esteja.",
      "reads": "{name} vai receber assim:",
      "now": "Começar",
      "schedule": "Agendar",
      "started": "A campanha começa em alguns segundos.",
      "scheduled": "Agendada: começa {time}."
    }
  }
};
