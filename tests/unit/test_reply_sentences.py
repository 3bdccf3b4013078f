"""Sentences of chats by the rule that decides them: what opts out, what opts in, and what a person should read."""

from hidra.domain.reply import DEFAULT, Intent, Words


def test_now_and_at_once_behind_a_request_change_nothing() -> None:
    texts = [
    "SAIR AGORA", "sair já!!!", "pare já", "parem agora mesmo", "quero sair agora",
    "quero sair de uma vez", "sair imediatamente por favor", "sair logo", "me tira logo dessa lista",
    "me tirem já da lista de vcs", "parem agora de me mandar mensagem", "para já de mandar mensagem",
    "stop immediately", "stop right now", "unsubscribe me now", "remove me asap", "salir ya",
    "salir ahora mismo", "baja inmediatamente", "you can stop now",
    "por favor parem de me mandar mensagens agora", "para com isso já",
    "quero me descadastrar imediatamente", "descadastrar agora", "descadastrar já", "remover agora",
    "cancelar já", "me descadastra logo", "tira meu número daí agora", "tira logo meu número",
    "remova meu número imediatamente", "exclua meu contato já", "SAIR DA LISTA AGORA", "sair da lista já",
    "dejen de enviarme mensajes ya", "sácame de la lista ya", "salir de la lista ya",
    "unsubscribe immediately", "remove me immediately", "please stop right now", "stop it now",
    "stop messaging me now", "take me off this list now", "opt out now", "para de mandar isso agora",
    "pare de me enviar isso já", "quiero salir ya", "quero que me tirem dessa lista agora",
    "sair right now", "SAIR IMEDIATAMENTE!!!", "stop stop stop now", "me remova já dessa lista",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not Intent.OPT_OUT] == []


def test_pleas_thanks_wishes_and_reasons_around_a_request_change_nothing() -> None:
    texts = [
    "quero sair, obrigado pela atenção", "obrigada pela atenção, mas quero sair", "sair mt obrigado",
    "sair mto obg", "sair tks", "sair, tenha um bom dia", "sair tenha uma ótima tarde",
    "quero sair tenham uma boa semana", "sair bjs", "sair, Deus abençoe", "sair, que Deus te abençoe",
    "sair fiquem com Deus", "sair se possível", "se possível me tira da lista",
    "se puder me remover da lista", "se puder, me tira da lista", "sair, agradeço desde já",
    "desde já agradeço, quero sair", "sair, grata pela compreensão", "sair abraços", "sair um abraço",
    "Sair. Atenciosamente", "Prefiro não receber mensagens, grato pela compreensão", "sair tchau",
    "sair, muito obrigada pelo contato", "Agradeço o contato mas não quero mais receber mensagens",
    "sair por obséquio", "salir, gracias por su atención", "baja por favor, saludos",
    "salir. Dios le bendiga", "salir si es posible", "salir, muchas gracias de antemano",
    "stop, have a nice day", "stop, thanks for your time", "unsubscribe, thank you so much",
    "stop. God bless you", "please remove me if possible", "unsubscribe, best regards", "stop tks",
    "favor não enviar mais mensagens para este telefone", "não entre em contato comigo por favor",
    "por favor não entrar mais em contato", "favor não entrar em contato",
    "por favor no me manden mensajes", "pode parar, obrigado", "podem parar por favor",
    "can you please stop?", "vc pode me tirar da lista pfvr", "oi td bem? quero sair",
    "oi tudo bem quero sair", "Oi, tudo bem? Sair", "oi tudo bem sair", "não tenho interesse, sair",
    "Não tenho interesse. Parar de receber", "não me interessa, me tira da lista", "sem interesse 👎 sair",
    "não tenho interesse pode me tirar da lista", "não tenho interesse favor remover meu numero",
    "não me interessa receber mensagens", "não me interessa mais receber promoções",
    "não tenho mais interesse em receber mensagens", "não obrigado, sair",
    "Pode me tirar da lista? Não tenho interesse", "tem como me remover? não me interessa",
    "hi there, please stop", "no thanks, unsubscribe", "sem mais propaganda por favor",
    "foi engano, me tira da lista", "wrong number, stop", "numero errado sair",
    "Boa tarde, não entrem mais em contato, obrigada",
    "Por gentileza, remover meu contato da lista. Grata", "me tira dessa lista amigo",
    "quero sair, por favor, obrigada pela atenção e tenha um ótimo dia",
    "Bom dia! Não tenho interesse, podem me retirar da lista? Obrigada", "não aguento mais, sair",
    "sair, não tenho mais interesse", "retire meu telefone do sistema por gentileza",
    "favor cancelar envio de mensagens", "cancele as mensagens por favor", "me deixe em paz por favor",
    "sair da lista por favor obrigado", "Sair! Obrigado e bom dia", "sair e obrigado", "sair pf obg",
    "sair plmds", "sair pelo amor de Deus", "pelo amor de Deus me tira dessa lista", "sair, grato.",
    "agradeço, sair", "sair, agradecido", "ok, obrigado. sair",
    "ya no deseo recibir más mensajes por favor", "no quiero recibir más promociones, gracias",
    "por favor dejen de escribirme", "basta de mensajes", "basta de spam",
    "pueden sacarme de la lista por favor?", "favor de no enviar más mensajes", "favor no escribir más",
    "no gracias, salir", "gracias pero no quiero recibir mensajes", "hola, quiero salir. gracias",
    "please do not text me again", "please don't send me any more messages", "no more texts please",
    "please take me off", "please remove my number", "can you take me off the list please?",
    "could you please stop texting me", "i didn't sign up for this, stop",
    "not interested please remove me from your list", "thanks but stop",
    "thanks but no thanks, unsubscribe", "hi, please unsubscribe me. thank you", "opt me out please",
    "se puder remover meu número da lista", "se possível parar de mandar mensagem",
    "no me molesten más por favor", "não quero mais receber msg de vcs pfv", "sair urgente por favor",
    "para de me mandar msg pelo amor de deus", "oii quero sair pfvr",
    "por favor exclua meu número do banco de dados de vocês", "delete my number from your system please",
    "no me escriban por favor", "por favor no me contacten más", "please do not contact me",
    "please stop contacting me", "stop messaging me please", "não tenho interesse em participar da lista",
    "podem me excluir por favor", "favor tirar meu número",
    "peço por gentileza que parem de mandar mensagens", "gostaria de ser excluído da lista por favor",
    "não me mandem propaganda por favor", "sair sair sair por favor pelo amor de Deus",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not Intent.OPT_OUT] == []


def test_a_wish_to_leave_a_list_or_a_system_opts_out() -> None:
    texts = [
    "não quero fazer parte dessa lista", "não quero fazer parte da lista de vocês",
    "não quero mais participar desse grupo", "não quero ficar nessa lista",
    "não quero mais estar na lista", "não quero meu número na lista de vcs",
    "no quiero estar en esta lista", "no quiero seguir en la lista", "i don't want to be on this list",
    "exclua meu número do sistema", "excluam meu número do sistema de vocês",
    "remova meu contato do seu sistema", "apaga meu número do banco de dados", "me tira do sistema",
    "remove my number from your system", "mi tira da lista", "tira eu da lista",
    "not interested remove me", "não quero propaganda no meu zap",
    "pode me excluir da lista de transmissão?", "pode remover meu número do sistema?",
    "Chega! Me tira da lista", "excluam meu número do cadastro de vocês", "me exclui do sistema de vocês",
    "remova meus dados", "exclua meus dados do sistema", "apague meus dados",
    "quero que apaguem meu número", "quero que me excluam da lista", "quero que me tirem dessa lista",
    "não lembro de ter me cadastrado, me tira da lista", "não sou cliente, me tirem da lista",
    "já pedi para sair da lista", "quero ser excluída dessa lista", "desejo ser removido do grupo",
    "parem de encher o saco", "esquece meu número", "apaga meu numero", "apaga meu contato aí",
    "delete meu contato", "tira meu zap dessa lista", "tira meu zap daí", "quero sair dessas listas",
    "quero sair de todas as listas", "sim, pode me tirar", "pode tirar meu numero", "pode me remover",
    "podem me tirar", "pode descadastrar", "pode me descadastrar", "pode excluir meu número",
    "quiero que me saquen de la lista", "quiero que me borren", "me pueden borrar de la lista?",
    "podrían eliminarme de la lista", "elimine mi número", "eliminen mi número de su base",
    "borren mi número del sistema", "do not message this number", "lose my number",
    "delete my number from your list", "remove my number from your list", "take my number off your list",
    "get me off this list", "I want off this list", "I want to be removed",
    "I want to be removed from your list", "i'd like to be removed from the list",
    "unsubscribe from this list", "I'm not interested, remove me", "peço para ser removido da lista",
    "quiero la baja de la lista", "boa tarde sair da lista", "exclui meu zap", "tira meu zap da lista",
    "tirem meu número", "tirem esse número da lista", "quero que tirem meu número do sistema",
    "remova este número do sistema de vocês", "eliminen mi número de su sistema",
    "borren mi contacto de su base de datos", "remove my contact", "não quero mais participar da lista",
    "nao quero mais fazer parte do grupo", "não desejo fazer parte desta lista de transmissão",
    "não quero estar nessa lista de transmissão", "podem tirar meu número da lista",
    "fineza retirar meu número", "solicito que retirem meu número da lista",
    "exijo a exclusão do meu número", "quero ser retirada da lista", "chega de propaganda no meu zap",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not Intent.OPT_OUT] == []


def test_a_message_that_refuses_further_messages_opts_out() -> None:
    texts = [
    "não quero que me mandem mensagens", "não quero que me mande mais mensagens",
    "eu não quero que vocês me mandem mensagem", "n quero q me mandem msg",
    "não quero mais que vocês me mandem mensagens", "não quero que me enviem nada",
    "não quero que mandem mais propaganda", "não gostaria que me enviassem mensagens",
    "não autorizo que me enviem mensagens", "não quero que entrem em contato comigo",
    "no quiero que me escriban más", "no quiero que me escriban", "no quiero que me manden mensajes",
    "no quiero que me envíen más publicidad", "ya no quiero que me escriban",
    "i don't want you to text me", "i don't want you to contact me anymore",
    "I dont want you to send me messages", "não mande mais mensagens para este número",
    "não mandem mais mensagem pra esse numero", "não envie mais mensagens para o meu celular",
    "no envíen más mensajes a este número", "no me escriban más a este número",
    "don't text this number again", "não quero receber nenhuma mensagem",
    "não quero mais receber nenhuma propaganda", "não quero receber nenhum tipo de mensagem",
    "não quero nenhuma mensagem", "não quero receber mais nenhuma mensagem",
    "não me mande nenhuma mensagem", "no quiero recibir ningún mensaje", "não entrem em contato comigo",
    "não entrem mais em contato comigo", "peço que não entrem mais em contato",
    "gostaria que não entrassem em contato", "no me escriban", "no me escriba más", "no me contacten",
    "no me molesten más", "não quero mais recebe mensagem", "não qro mais receber msg",
    "nao qro recebe mensagen", "nao kero mais receber mensagem", "naum quero receber msg",
    "no me interesa. Salir", "not interested, stop", "sem mais mensagens", "não me envia mensagem",
    "não manda mais mensagem", "não me manda mais msg", "não envia mais nada", "não mande mensagem",
    "SAIR. NÃO MANDE MAIS MENSAGEM", "sair nao quero mais receber mensagens",
    "pare de me mandar mensagem no zap", "não quero receber mensagem no whats",
    "boa tarde, nao quero mais receber essas mensagens no meu whatsapp",
    "gostaria que não me mandassem mais mensagens", "peço que não me enviem mais mensagens",
    "prefiro que não me mandem mensagens", "não precisa mais me mandar mensagem",
    "não precisa mandar mais mensagem", "não precisam mais me enviar mensagens",
    "não quero saber de propaganda", "não quero saber de promoção", "não quero mais contato",
    "não quero mais contato de vocês", "não quero mais nenhum contato",
    "não quero mais suas propagandas no meu celular", "não autorizo mensagens",
    "não autorizo mais o envio de mensagens", "já disse que não quero mais receber", "não perturbe",
    "não perturbar", "não incomodar", "não me incomodem mais", "no deseo recibir mensajes",
    "no escribir más", "no autorizo mensajes", "no autorizo que me escriban",
    "no estoy interesado, salir", "don't contact me anymore", "never text me again",
    "never contact me again", "não gostaria mais de receber mensagens", "sair no aguardo",
    "não quero que me mandem promoções no meu whatsapp", "não quero que fiquem me mandando mensagem",
    "não envie mais nada para meu número", "não mandem mais nada pra esse número",
    "não mande mensagens para mim", "não me mande msg nesse número",
    "no quiero recibir ningún mensaje más", "no quiero más mensajes de ustedes",
    "no me envíen publicidad a este número", "ya no me manden nada", "no me mandes nada más",
    "do not send me anything", "don't send me anything else", "i don't want to receive anything",
    "I dont want any more messages from you", "I don't want your messages",
    "I do not want to receive texts from you anymore", "não quero ser mais incomodada",
    "não quero receber esse tipo de mensagem", "não quero esse tipo de mensagem",
    "não quero receber contato", "não mande mais propaganda", "não mandem propaganda",
    "não me mandem mais promoção", "nao manda mais propaganda",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not Intent.OPT_OUT] == []


def test_a_demand_to_stop_opts_out() -> None:
    texts = [
    "sair valeu flw", "salir, que tenga un buen día", "pare de mandar mensagem para esse número",
    "stop texting this number", "pode parar", "já pode parar", "pode parar?", "vcs podem parar?",
    "pode parar com isso", "quero que parem", "ya pueden parar", "can you stop",
    "vcs podem parar de mandar msgs", "para de me manda mensagem", "quero para de receber mensagem",
    "SAIR PORRA", "para de mandar mensagem caralho", "sair 👍", "chega de mandar mensagem",
    "chega de me mandar propaganda", "PAREM DE ME MANDAR MENSAGEM",
    "quero que parem de me mandar mensagens", "gostaria que parassem de me enviar mensagens",
    "gostaria que vocês parassem de mandar mensagem", "peço que parem de enviar", "já pedi pra sair",
    "já pedi para parar", "ja falei pra parar", "já falei que quero sair", "SAIR novamente",
    "pela segunda vez, sair", "mais uma vez: sair", "cancele o envio de mensagens",
    "cancela as mensagens", "suspender mensagens", "desativar mensagens", "para de incomodar",
    "parem de me incomodar", "pare de me perturbar", "pare de encher", "me esquece", "sim quero sair",
    "Quero cancelar mensagens", "quero cancelar o recebimento dessas mensagens",
    "paren de mandar mensajes", "quiero cancelar los mensajes", "stop these messages",
    "stop all messages", "stop sending me this", "stop sending me stuff", "stop contacting me",
    "stop bothering me", "cancel messages", "solicito la baja", "sair, feliz natal", "sair. Boa semana",
    "sair e bom trabalho", "bom fds, sair", "sair, boas festas pra vocês", "bom dia sair", "sair blz",
    "beleza, sair", "certo, quero sair", "you can stop messaging me", "can you stop messaging me",
    "solicito que parem de enviar mensagens", "exijo que parem de me mandar mensagens",
    "gostaria de pedir que parassem de mandar mensagens",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not Intent.OPT_OUT] == []


def test_a_request_that_is_the_object_of_a_refusal_or_a_greeting_does_not_opt_out() -> None:
    texts = [
    "não me interessa sair", "não me interessa parar de receber mensagens", "não tenho interesse em sair",
    "não tenho interesse em sair da lista", "nao tenho mais interesse sair",
    "no me interesa darme de baja", "no me interesa salir de la lista",
    "I'm not interested in unsubscribing", "que tal sair?", "que tal sair hoje", "como vai sair?",
    "como vai parar", "tudo bem sair?", "td bem sair?", "tudo bem sair da lista?", "ok sair?",
    "então sair?", "pode ser sair?", "que tal salir?", "como estas salir", "Sair? não me interessa",
    "parar? sem interesse", "basta clicar em sair?", "basta sair?", "basta sair", "basta responder sair",
    "chega sair", "não aguento mais sair", "aguardo sair", "aguardo parar", "se puder sair?",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not None] == []


def test_a_request_that_is_denied_behind_it_does_not_opt_out() -> None:
    texts = [
    "sair? não, obrigado", "cancelar? não tenho interesse", "sair não, obrigado", "sair não obrigado",
    "parar? não obrigada", "stop? no thanks", "salir? no gracias",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not None] == []


def test_the_senders_own_instructions_do_not_opt_out() -> None:
    texts = [
    "Responda SAIR para não receber mais", "Responda SAIR para não receber mais mensagens",
    "Para não receber mais, responda SAIR", "Para sair, responda SAIR", "Envie PARAR para cancelar",
    "Reply STOP to unsubscribe", "Text STOP to opt out", "Responda SALIR para darse de baja",
    "por que eu responderia SAIR?", "\"Responda SAIR para não receber mais mensagens\"",
    "Para não receber mais nossas mensagens, responda SAIR", "digite sair para parar de receber",
    "Para cancelar, envie PARAR.", "Se não quiser receber, digite SAIR",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not None] == []


def test_questions_do_not_opt_out() -> None:
    texts = [
    "sair agora?", "posso sair agora?", "posso parar agora?", "posso parar?", "pode parar em frente?",
    "can you stop by?", "can you stop the order?", "can you stop at the gate?", "quando pode parar?",
    "pode sair?", "como saio do sistema", "se eu quiser sair?", "como faço para sair",
    "como faço pra parar de receber", "como eu saio", "onde cancelo", "tem como sair?", "dá pra sair?",
    "da pra parar o pedido?", "quando vão parar de mandar mensagem?",
    "por que não param de mandar mensagem?", "vocês vão parar?", "vão parar de mandar mensagem?",
    "me esqueceram?", "cancel all messages?", "sair novamente?", "me pueden borrar el pedido?",
    "por que não param", "porque não me mandam mais promoções?", "não me manda mais promoção?",
    "não manda mais promoções?", "vocês não enviam mais mensagens?", "não envia mais mensagens?",
    "pararam de mandar mensagem?", "se eu sair perco o desconto?", "sair da lista tem custo?",
    "SAIR da lista? como assim", "sair o que?", "sair da onde?", "pare o que?", "parar com o que?",
    "o que é sair", "o que significa SAIR?", "vai sair caro?",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not None] == []


def test_negations_and_refusals_of_other_things_do_not_opt_out() -> None:
    texts = [
    "sem mais novidades", "sem mais conteúdo", "sem mais", "não envia mensagem", "não manda mensagem",
    "não envia notificações", "não manda promoções", "o app não envia mensagem", "sair agora não",
    "não sair agora", "agora não", "não pare agora", "don't stop now", "no pares ahora",
    "não quero que parem", "não quero que parem de mandar mensagens", "não quero que mandem o boleto",
    "não quero que me mandem o boleto", "não quero que enviem o produto",
    "não quero que me mandem a encomenda", "não quero que entrem em contato com meu chefe",
    "não quero que vocês me esqueçam", "no quiero que me manden el pedido", "no quiero que paren",
    "i don't want you to stop", "i don't want you to send me the order",
    "não entrem em contato com meu chefe", "não entrem em contato com minha mãe", "não entrem",
    "não entrem em casa", "não entre em contato com o vendedor", "pode parar não", "não pode parar",
    "não podem parar", "you can't stop", "não quero fazer parte dessa promoção", "não quero participar",
    "não quero participar do sorteio", "não quero ficar na fila", "não quero ficar na lista de espera",
    "não quero ficar sem mensagens", "não quero ficar sem receber mensagens",
    "não quero estar fora da lista", "não quero sair da lista de vocês",
    "não mande mais mensagens para meu chefe", "não mande mais mensagens para minha esposa",
    "não mande para este número", "não mande mais produto errado", "não mande os contatos",
    "não envie essa mensagem", "não mande essa mensagem pra ele", "não recebi nenhuma mensagem",
    "não quero receber nenhum produto", "não quero nenhuma", "no me escriban al trabajo",
    "no me escriban mal el nombre", "no me manden el producto", "no me escribieron",
    "no me escribe nadie", "no quiero estar en la lista de espera", "se não parar eu vou denunciar",
    "se não chegar amanhã quero sair", "quero sair se não tiver desconto", "sair se não chegar",
    "não tenho interesse", "não obrigado", "não tenho interesse, obrigado", "sem interesse no momento",
    "ahora no, gracias", "não recebe mensagem", "não recebe mais mensagens", "não quero mais o pedido",
    "não quero mais esse", "não quero essa mensagem no meu pedido", "você não pode me tirar da lista",
    "don't remove me from your system", "do not stop texting me",
    "i don't want to be removed from the list", "no more orders", "no thanks", "não me tirem do sistema",
    "nunca entrem em contato comigo no trabalho", "não parem com as mensagens",
    "não pare de me mandar novidades", "nem pare", "não me incomoda", "não incomoda", "não me perturba",
    "não me incomoda receber mensagens", "não lembro de ter pedido, cancelar o pedido",
    "já falei que não quero sair", "já disse que não quero mais o produto", "não quero saber",
    "não quero saber do produto", "não precisa mandar mensagem", "não precisa mandar o produto",
    "não precisa mais mandar o boleto", "não precisa mais", "não precisam mais me mandar a encomenda",
    "não exclua meus dados", "não quero que me tirem da lista", "não me esqueça", "não me esqueçam",
    "não esquece meu número", "never stop texting me", "never contact my boss", "i never subscribed",
    "lose my number not", "no escribir mal", "nem me mandem mensagem", "não consegui parar de receber",
    "não param de mandar mensagem", "eles não param de me mandar mensagem",
    "não paro de receber mensagens", "sem receber mensagens", "fiquei sem receber mensagens",
    "estou sem receber mensagem", "não estou recebendo mensagens", "não chegou mensagem",
    "vocês não mandam mais mensagens", "vocês não me mandam mais nada", "não mandaram mais nada",
    "não me mandou mais mensagem", "não me mandaram mais novidades", "não para de mandar mensagem",
    "não quero que cancelem", "não cancelem meu cadastro", "não excluam meu cadastro",
    "não quero mais receber cartão", "não quero receber pelo correio",
    "não quero receber a mensagem errada", "não quero receber mensagem de outra loja",
    "não quero receber hoje", "não quero receber mais tarde", "não quero receber agora",
    "não quero receber mais cedo", "não mande mais frango", "não mandem mais o entregador",
    "não envie mais sem nota", "não me mande nada quebrado", "não me mande mais nada sem nota",
    "no me manden nada roto", "no manden más pollo", "don't send me the wrong size",
    "don't text me at work", "don't call me", "não me ligue", "agora não quero", "não quero agora",
    "parar no sinal", "não gostaria mais de receber boleto", "não me manda mais novidades",
    "não me manda novidades", "não precisa mais enviar", "não precisa mandar mais", "no aguardo",
    "não quero que fiquem sem estoque", "do not send me anything broken", "i don't want your product",
    "não mande mensagens para minha mãe", "n qro mais", "sair sem falta amanhã",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not None] == []


def test_conditions_orders_and_small_talk_do_not_opt_out() -> None:
    texts = [
    "vou sair agora", "vou sair já já", "sair do trabalho agora", "sair agora do trabalho",
    "quero sair agora de casa", "pode parar na portaria", "pode parar o pedido", "pode parar a entrega",
    "pode parar aqui", "pode parar de chover", "já pode parar o carro", "a loja pode parar", "pode sair",
    "me tira do sistema de crédito", "exclua meu pedido do sistema", "exclua meu cartão do sistema",
    "sair do sistema", "quero sair do sistema", "exclua meu número do pedido", "PARE de vender caro kkk",
    "parem de vender caro porra", "pare de aumentar o preço", "para de graça kkk",
    "obrigado pela atenção", "tenha um bom dia", "Deus abençoe", "bjs", "tchau", "obrigado pela mensagem",
    "agradeço o contato", "mais tarde", "já já", "já", "agora", "porra", "quero sair com Deus",
    "sair com vc bjs", "vamos sair bjs", "quero sair hoje à noite bjs", "bora sair",
    "quero parar de fumar", "quero para presente", "quero para amanhã", "eu quero receber mensagem",
    "quero receber mensagem", "qro receber", "quit my job", "stop the music now", "wrong number",
    "engano", "me deixa", "me deixa na lista", "chega mensagem todo dia", "chegou mensagem",
    "chega de mandar produto errado", "já pedi pra cancelar", "já pedi para cancelar",
    "já pedi que cancelassem o pedido", "já pedi para sair mais cedo", "já pedi para parar a entrega",
    "cancelar o envio", "cancelar envio", "cancelar o envio do pedido", "suspender o envio do produto",
    "desativar minha conta", "cancelem o pedido", "apague meus dados de pagamento",
    "exclua meus dados do pedido", "pode me tirar uma foto", "pode me tirar do pedido",
    "quero que parem de vender carne", "me esqueci", "esqueci meu número", "esquece", "i didn't sign up",
    "i want to be removed from the order", "stop all orders", "basta", "chega", "que saco", "novamente",
    "pelo amor de Deus", "prefiro que me mandem mensagens", "prefiro que mandem o boleto",
    "gostaria que parassem a obra", "me elimine el pedido", "me borren el pedido",
    "me podrian enviar mensajes", "me manda mensagem", "me mandem mensagem",
    "quero que me mandem mensagens", "quero que me mandem mais mensagens", "pode mandar mais mensagens",
    "pode me mandar mensagens nesse número", "me manda mensagem nesse número",
    "mande mensagens para este número", "parou de mandar mensagem", "já parei de receber", "sair de onde",
    "quero parar de receber boleto", "quero parar de receber carne", "só quero receber promoções",
    "quero receber só promoções", "quero sair mas continuar recebendo", "me deixa em paz na fila",
    "agora sim", "quero agora", "quero já", "é agora", "sair com desconto", "sair caro", "sair barato",
    "sair de graça", "parar tudo", "solicito la baja del servicio", "quiero la baja del plan",
    "peço para ser atendido", "esquece esse número", "boa semana", "feliz natal", "quero boas festas",
    "solicito que retirem o produto", "exijo que cancelem o pedido", "exijo a exclusão do item",
    "can you stop messaging my mother", "tira meu número do pedido", "agradeço se puder enviar o boleto",
    "pode cancelar", "pode remover", "favor cancelar o envio", "cancelem o envio", "para agora",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not None] == []


def test_an_opt_in_word_with_courtesy_opts_in() -> None:
    texts = [
    "VOLTAR", "quero voltar", "Oi, tudo bem? Quero voltar", "oi quero voltar", "voltar por favor",
    "sim, voltar", "ok voltar", "start please", "Voltar, obrigado", "voltar obrigada pela atenção",
    "bom dia, reativar", "quero voltar, tenha um bom dia", "desculpe, quero voltar", "tudo bem? voltar",
    "START!", "reativar pfv", "voltar tks", "mas quero voltar", "quero voltar 🙏 Deus abençoe",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is not Intent.OPT_IN] == []


def test_a_refusal_a_question_and_a_goodbye_do_not_opt_in() -> None:
    texts = [
    "Voltar?", "voltar por favor?", "voltar ok?", "como vai voltar?", "voltar, que tal?",
    "voltar tudo bem?", "se puder voltar", "voltar se possível?", "que tal voltar", "que tal voltar?",
    "tudo bem voltar?", "não me interessa voltar", "não tenho interesse voltar",
    "não tenho interesse em voltar", "sem interesse, voltar", "não obrigado, voltar",
    "voltar não obrigado", "voltar? não, obrigado", "não, voltar", "não quero voltar",
    "nunca quero voltar", "quero voltar a loja", "quero voltar à loja", "vou voltar amanhã",
    "quero voltar amanhã", "quero voltar?", "quando voltar?", "posso voltar?", "pode voltar?",
    "reativar?", "reativar não", "reativar o plano", "start?", "can we start?", "don't start",
    "not interested, start", "no thanks, start", "no gracias, voltar", "no me interesa voltar",
    "quem é? voltar", "número errado, voltar", "não conheço vocês, voltar", "tchau, voltar",
    "quero voltar tchau", "quero voltar atrás", "voltar sair", "voltar e parar", "voltar ou não",
    "se eu voltar", "vai voltar", "volto já", "já volto", "start the order", "mas voltar?",
    "então voltar?", "sim voltar?", "como faço para voltar", "Para voltar, responda VOLTAR",
    "responda VOLTAR", "foi engano, voltar", "porra voltar", "não sou cliente, voltar",
    ]  # fmt: skip
    assert [text for text in texts if DEFAULT.intent(text) is Intent.OPT_IN] == []


def test_a_sign_an_emoji_or_a_new_line_separates_a_refusal_from_a_request() -> None:
    for between in (", ", ". ", "! ", " - ", " — ", "\n", " 👎 ", " / "):
        assert DEFAULT.intent(f"não me interessa{between}sair") is Intent.OPT_OUT
    for between in (" ", "  ", " *", ' "'):
        assert DEFAULT.intent(f"não me interessa{between}sair") is None


def test_abbreviations_of_chats_are_the_same_word_in_a_users_own_words() -> None:
    words = Words.of(["não quero mais msg"], ["QUERO MSGS"])
    assert words.intent("Não qro mais mensagem, obg") is Intent.OPT_OUT
    assert words.intent("quero mensagens pfv") is Intent.OPT_IN
    assert words.intent("qro mensagens?") is None
